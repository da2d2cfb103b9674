import type { EndpointTable } from '../endpoint.ts';

/** Disk snapshots of guests. */
export const snapshotsTable: EndpointTable = {
  'GET /nodes/{node}/qemu/{vmid}/snapshot': {
    permission: '/vms/{vmid} VM.Audit',
    proxied: true,
    returns: [
      {
        description: 'string',
        name: 'string',
        'parent?': 'string',
        'snaptime?': 'integer',
        'vmstate?': 'boolean',
      },
    ],
  },
  'POST /nodes/{node}/qemu/{vmid}/snapshot': {
    permission: '/vms/{vmid} VM.Snapshot',
    proxied: true,
    params: {
      'description?': 'string',
      snapname: 'string ..40 pve-configid',
      'vmstate?': 'boolean',
    },
    returns: 'string',
  },
  'GET /nodes/{node}/qemu/{vmid}/snapshot/{snapname}': {
    permission: 'anyone',
    params: {
      snapname: 'string ..40 pve-configid',
    },
    returns: ['object'],
  },
  'DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}': {
    permission: '/vms/{vmid} VM.Snapshot',
    proxied: true,
    params: {
      'force?': 'boolean',
      snapname: 'string ..40 pve-configid',
    },
    returns: 'string',
  },
  'POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback': {
    permission: '/vms/{vmid} VM.Snapshot|VM.Snapshot.Rollback',
    proxied: true,
    params: {
      snapname: 'string ..40 pve-configid',
      'start?': 'boolean',
    },
    returns: 'string',
  },
  'GET /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config': {
    permission: '/vms/{vmid} VM.Snapshot|VM.Snapshot.Rollback|VM.Audit',
    proxied: true,
    params: {
      snapname: 'string ..40 pve-configid',
    },
    returns: 'object',
  },
  'PUT /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config': {
    permission: '/vms/{vmid} VM.Snapshot',
    proxied: true,
    params: {
      'description?': 'string',
      snapname: 'string ..40 pve-configid',
    },
    returns: 'null',
  },
  'GET /nodes/{node}/lxc/{vmid}/snapshot': {
    permission: '/vms/{vmid} VM.Audit',
    proxied: true,
    returns: [
      {
        description: 'string',
        name: 'string',
        'parent?': 'string',
        'snaptime?': 'integer',
      },
    ],
  },
  'POST /nodes/{node}/lxc/{vmid}/snapshot': {
    permission: '/vms/{vmid} VM.Snapshot',
    proxied: true,
    params: {
      'description?': 'string',
      snapname: 'string ..40 pve-configid',
    },
    returns: 'string',
  },
  'GET /nodes/{node}/lxc/{vmid}/snapshot/{snapname}': {
    permission: 'anyone',
    params: {
      snapname: 'string ..40 pve-configid',
    },
    returns: ['object'],
  },
  'DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname}': {
    permission: '/vms/{vmid} VM.Snapshot',
    proxied: true,
    params: {
      'force?': 'boolean',
      snapname: 'string ..40 pve-configid',
    },
    returns: 'string',
  },
  'POST /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback': {
    permission: '/vms/{vmid} VM.Snapshot|VM.Snapshot.Rollback',
    proxied: true,
    params: {
      snapname: 'string ..40 pve-configid',
      'start?': 'boolean',
    },
    returns: 'string',
  },
  'GET /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config': {
    permission: '/vms/{vmid} VM.Snapshot|VM.Snapshot.Rollback|VM.Audit',
    proxied: true,
    params: {
      snapname: 'string ..40 pve-configid',
    },
    returns: 'object',
  },
  'PUT /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config': {
    permission: '/vms/{vmid} VM.Snapshot',
    proxied: true,
    params: {
      'description?': 'string',
      snapname: 'string ..40 pve-configid',
    },
    returns: 'null',
  },
};
