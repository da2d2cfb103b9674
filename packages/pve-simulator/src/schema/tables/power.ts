import type { EndpointTable } from '../endpoint.ts';

/** Starting and stopping guests. */
export const powerTable: EndpointTable = {
  'POST /nodes/{node}/qemu/{vmid}/status/start': {
    permission: '/vms/{vmid} VM.PowerMgmt',
    proxied: true,
    params: {
      'force-cpu?': 'string',
      'machine?': 'string property-string',
      'migratedfrom?': 'string pve-node',
      'migration_network?': 'string CIDR',
      'migration_type?': 'enum secure|insecure',
      'nets-host-mtu?': 'string /net\\d+=\\d+(,net\\d+=\\d+)*/',
      'skiplock?': 'boolean',
      'stateuri?': 'string ..128',
      'targetstorage?': 'string storage-pair-list',
      'timeout?': 'integer 0..',
      'with-conntrack-state?': 'boolean',
    },
    returns: 'string',
  },
  'POST /nodes/{node}/qemu/{vmid}/status/stop': {
    permission: '/vms/{vmid} VM.PowerMgmt',
    proxied: true,
    params: {
      'keepActive?': 'boolean',
      'migratedfrom?': 'string pve-node',
      'overrule-shutdown?': 'boolean',
      'skiplock?': 'boolean',
      'timeout?': 'integer 0..',
    },
    returns: 'string',
  },
  'POST /nodes/{node}/qemu/{vmid}/status/shutdown': {
    permission: '/vms/{vmid} VM.PowerMgmt',
    proxied: true,
    params: {
      'forceStop?': 'boolean',
      'keepActive?': 'boolean',
      'skiplock?': 'boolean',
      'timeout?': 'integer 0..',
    },
    returns: 'string',
  },
  'POST /nodes/{node}/qemu/{vmid}/status/reboot': {
    permission: '/vms/{vmid} VM.PowerMgmt',
    proxied: true,
    params: {
      'timeout?': 'integer 0..',
    },
    returns: 'string',
  },
  'POST /nodes/{node}/qemu/{vmid}/status/reset': {
    permission: '/vms/{vmid} VM.PowerMgmt',
    proxied: true,
    params: {
      'skiplock?': 'boolean',
    },
    returns: 'string',
  },
  'POST /nodes/{node}/qemu/{vmid}/status/suspend': {
    permission: '/vms/{vmid} VM.PowerMgmt',
    proxied: true,
    params: {
      'skiplock?': 'boolean',
      'statestorage?': 'string pve-storage-id requires=todisk',
      'todisk?': 'boolean',
    },
    returns: 'string',
  },
  'POST /nodes/{node}/qemu/{vmid}/status/resume': {
    permission: '/vms/{vmid} VM.PowerMgmt',
    proxied: true,
    params: {
      'nocheck?': 'boolean',
      'skiplock?': 'boolean',
    },
    returns: 'string',
  },
  'POST /nodes/{node}/lxc/{vmid}/status/start': {
    permission: '/vms/{vmid} VM.PowerMgmt',
    proxied: true,
    params: {
      'debug?': 'boolean',
      'skiplock?': 'boolean',
    },
    returns: 'string',
  },
  'POST /nodes/{node}/lxc/{vmid}/status/stop': {
    permission: '/vms/{vmid} VM.PowerMgmt',
    proxied: true,
    params: {
      'overrule-shutdown?': 'boolean',
      'skiplock?': 'boolean',
    },
    returns: 'string',
  },
  'POST /nodes/{node}/lxc/{vmid}/status/shutdown': {
    permission: '/vms/{vmid} VM.PowerMgmt',
    proxied: true,
    params: {
      'forceStop?': 'boolean',
      'timeout?': 'integer 0..',
    },
    returns: 'string',
  },
  'POST /nodes/{node}/lxc/{vmid}/status/reboot': {
    permission: '/vms/{vmid} VM.PowerMgmt',
    proxied: true,
    params: {
      'timeout?': 'integer 0..',
    },
    returns: 'string',
  },
};
