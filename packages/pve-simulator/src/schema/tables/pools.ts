import type { EndpointTable } from '../endpoint.ts';

/** Pools of guests and storages. */
export const poolsTable: EndpointTable = {
  'GET /pools': {
    permission: 'anyone',
    params: {
      'poolid?': 'string pve-poolid',
      'type?': 'enum qemu|lxc|storage requires=poolid',
    },
    returns: [
      {
        'comment?': 'string',
        'members?': [
          {
            id: 'string',
            node: 'string',
            'storage?': 'string',
            type: 'enum qemu|lxc|openvz|storage',
            'vmid?': 'integer',
          },
        ],
        poolid: 'string',
      },
    ],
  },
  'POST /pools': {
    permission: '/pool/{poolid} Pool.Allocate',
    params: {
      'comment?': 'string',
      poolid: 'string pve-poolid',
    },
    returns: 'null',
  },
  'PUT /pools': {
    permission: '/pool/{poolid} Pool.Allocate',
    params: {
      'allow-move?': 'boolean',
      'comment?': 'string',
      'delete?': 'boolean',
      poolid: 'string pve-poolid',
      'storage?': 'string pve-storage-id-list',
      'vms?': 'string pve-vmid-list',
    },
    returns: 'null',
  },
  'DELETE /pools': {
    permission: '/pool/{poolid} Pool.Allocate',
    params: {
      poolid: 'string pve-poolid',
    },
    returns: 'null',
  },
  'GET /pools/{poolid}': {
    permission: '/pool/{poolid} Pool.Audit',
    params: {
      poolid: 'string pve-poolid',
      'type?': 'enum qemu|lxc|storage',
    },
    returns: {
      'comment?': 'string',
      members: [
        {
          id: 'string',
          node: 'string',
          'storage?': 'string',
          type: 'enum qemu|lxc|openvz|storage',
          'vmid?': 'integer',
        },
      ],
    },
  },
  'PUT /pools/{poolid}': {
    permission: '/pool/{poolid} Pool.Allocate',
    params: {
      'allow-move?': 'boolean',
      'comment?': 'string',
      'delete?': 'boolean',
      poolid: 'string pve-poolid',
      'storage?': 'string pve-storage-id-list',
      'vms?': 'string pve-vmid-list',
    },
    returns: 'null',
  },
  'DELETE /pools/{poolid}': {
    permission: '/pool/{poolid} Pool.Allocate',
    params: {
      poolid: 'string pve-poolid',
    },
    returns: 'null',
  },
};
