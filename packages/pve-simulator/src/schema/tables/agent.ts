import type { EndpointTable } from '../endpoint.ts';

/** What the guest agent tells. */
export const agentTable: EndpointTable = {
  'GET /nodes/{node}/qemu/{vmid}/agent': {
    permission: 'anyone',
    proxied: true,
    returns: ['object'],
  },
  'GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces': {
    permission: '/vms/{vmid} VM.GuestAgent.Audit|VM.GuestAgent.Unrestricted',
    proxied: true,
    returns: 'object',
  },
  'GET /nodes/{node}/qemu/{vmid}/agent/get-host-name': {
    permission: '/vms/{vmid} VM.GuestAgent.Audit|VM.GuestAgent.Unrestricted',
    proxied: true,
    returns: 'object',
  },
  'GET /nodes/{node}/qemu/{vmid}/agent/get-osinfo': {
    permission: '/vms/{vmid} VM.GuestAgent.Audit|VM.GuestAgent.Unrestricted',
    proxied: true,
    returns: 'object',
  },
  'GET /nodes/{node}/qemu/{vmid}/agent/get-vcpus': {
    permission: '/vms/{vmid} VM.GuestAgent.Audit|VM.GuestAgent.Unrestricted',
    proxied: true,
    returns: 'object',
  },
  'GET /nodes/{node}/qemu/{vmid}/agent/info': {
    permission: '/vms/{vmid} VM.GuestAgent.Audit|VM.GuestAgent.Unrestricted',
    proxied: true,
    returns: 'object',
  },
  'POST /nodes/{node}/qemu/{vmid}/agent/ping': {
    permission: '/vms/{vmid} VM.GuestAgent.Audit|VM.GuestAgent.Unrestricted',
    proxied: true,
    returns: 'object',
  },
};
