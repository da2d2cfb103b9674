import type { EndpointTable } from '../endpoint.ts';

/** Storages of the cluster, and on a node. */
export const storageTable: EndpointTable = {
  'GET /storage': {
    permission: 'anyone',
    params: {
      'type?': 'enum btrfs|cephfs|cifs|dir|esxi|iscsi|iscsidirect|lvm|lvmthin|nfs|pbs|rbd|zfs|zfspool',
    },
    returns: [
      {
        storage: 'string',
      },
    ],
  },
  'GET /storage/{storage}': {
    permission: '/storage/{storage} Datastore.Allocate',
    params: {
      storage: 'string pve-storage-id',
    },
    returns: 'object',
  },
  'GET /nodes/{node}/storage': {
    permission: 'anyone',
    proxied: true,
    params: {
      'content?': 'string pve-storage-content-list',
      'enabled?': 'boolean',
      'format?': 'boolean',
      'storage?': 'string pve-storage-id',
      'target?': 'string pve-node',
    },
    returns: [
      {
        'active?': 'boolean',
        'avail?': 'integer',
        content: 'string pve-storage-content-list',
        'enabled?': 'boolean',
        'formats?': {
          default: 'enum qcow2|raw|subvol|vmdk',
          supported: ['enum qcow2|raw|subvol|vmdk'],
        },
        'select_existing?': 'boolean',
        'shared?': 'boolean',
        storage: 'string pve-storage-id',
        'total?': 'integer',
        type: 'string',
        'used?': 'integer',
        'used_fraction?': 'number',
      },
    ],
  },
  'GET /nodes/{node}/storage/{storage}': {
    permission: '/storage/{storage} Datastore.Audit|Datastore.AllocateSpace',
    params: {
      storage: 'string pve-storage-id',
    },
    returns: [
      {
        subdir: 'string',
      },
    ],
  },
  'GET /nodes/{node}/storage/{storage}/status': {
    permission: '/storage/{storage} Datastore.Audit|Datastore.AllocateSpace',
    proxied: true,
    params: {
      storage: 'string pve-storage-id',
    },
    returns: {
      'active?': 'boolean',
      'avail?': 'integer',
      content: 'string pve-storage-content-list',
      'enabled?': 'boolean',
      'shared?': 'boolean',
      'total?': 'integer',
      type: 'string',
      'used?': 'integer',
    },
  },
  'GET /nodes/{node}/storage/{storage}/content': {
    permission: '/storage/{storage} Datastore.Audit|Datastore.AllocateSpace',
    proxied: true,
    params: {
      'content?': 'string pve-storage-content',
      storage: 'string pve-storage-id',
      'vmid?': 'integer 100..999999999 pve-vmid',
    },
    returns: [
      {
        'ctime?': 'integer 0..',
        'encrypted?': 'string',
        format: 'string',
        'notes?': 'string',
        'parent?': 'string',
        'protected?': 'boolean',
        size: 'integer',
        'used?': 'integer',
        'verification?': {
          state: 'string',
          upid: 'string',
        },
        'vmid?': 'integer',
        volid: 'string',
      },
    ],
  },
  'GET /nodes/{node}/storage/{storage}/rrddata': {
    permission: '/storage/{storage} Datastore.Audit|Datastore.AllocateSpace',
    proxied: true,
    params: {
      'cf?': 'enum AVERAGE|MAX',
      storage: 'string pve-storage-id',
      timeframe: 'enum hour|day|week|month|year',
    },
    returns: ['object'],
  },
};
