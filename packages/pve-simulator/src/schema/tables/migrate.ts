import type { EndpointTable } from '../endpoint.ts';

/** Moving guests. */
export const migrateTable: EndpointTable = {
  'GET /nodes/{node}/qemu/{vmid}/migrate': {
    permission: '/vms/{vmid} VM.Migrate',
    proxied: true,
    params: {
      'target?': 'string pve-node',
    },
    returns: {
      'allowed_nodes?': ['string'],
      'dependent-ha-resources?': ['string'],
      'has-dbus-vmstate': 'boolean',
      local_disks: [
        {
          cdrom: 'boolean',
          is_unused: 'boolean',
          size: 'integer',
          volid: 'string',
        },
      ],
      local_resources: ['string'],
      'mapped-resource-info': 'object',
      'mapped-resources': ['string'],
      'not_allowed_nodes?': {
        'blocking-ha-resources?': [
          {
            cause: 'enum resource-affinity',
            sid: 'string',
          },
        ],
        'unavailable_storages?': ['string'],
      },
      running: 'boolean',
    },
  },
  'POST /nodes/{node}/qemu/{vmid}/migrate': {
    permission: '/vms/{vmid} VM.Migrate',
    proxied: true,
    params: {
      'bwlimit?': 'integer 0..',
      'force?': 'boolean',
      'migration_network?': 'string CIDR',
      'migration_type?': 'enum secure|insecure',
      'online?': 'boolean',
      target: 'string pve-node',
      'targetstorage?': 'string storage-pair-list',
      'with-conntrack-state?': 'boolean',
      'with-local-disks?': 'boolean',
    },
    returns: 'string',
  },
  'GET /nodes/{node}/lxc/{vmid}/migrate': {
    permission: '/vms/{vmid} VM.Migrate',
    proxied: true,
    params: {
      'target?': 'string pve-node',
    },
    since: 9,
    returns: {
      'allowed-nodes?': ['string'],
      'dependent-ha-resources?': ['string'],
      'not-allowed-nodes?': {
        'blocking-ha-resources?': [
          {
            cause: 'enum resource-affinity',
            sid: 'string',
          },
        ],
      },
      running: 'boolean',
    },
  },
  'POST /nodes/{node}/lxc/{vmid}/migrate': {
    permission: '/vms/{vmid} VM.Migrate',
    proxied: true,
    params: {
      'bwlimit?': 'number 0..',
      'online?': 'boolean',
      'restart?': 'boolean',
      target: 'string pve-node',
      'target-storage?': 'string storage-pair-list',
      'timeout?': 'integer',
    },
    returns: 'string',
  },
  'POST /nodes/{node}/qemu/{vmid}/dbus-vmstate': {
    permission: '/vms/{vmid} VM.Migrate',
    proxied: true,
    params: {
      action: 'enum start|stop',
    },
    since: 9,
    returns: 'null',
  },
};
