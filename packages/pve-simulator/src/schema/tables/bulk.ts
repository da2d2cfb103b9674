import type { EndpointTable } from '../endpoint.ts';

/** Many guests at once. */
export const bulkTable: EndpointTable = {
  'POST /cluster/bulk-action/guest/migrate': {
    permission: 'anyone',
    params: {
      'max-workers?': 'integer 1..64',
      'maxworkers?': 'integer 1..64',
      'online?': 'boolean',
      target: 'string pve-node',
      'vms?': ['integer 100..999999999 pve-vmid'],
      'with-local-disks?': 'boolean',
    },
    since: 9,
    returns: 'string',
  },
  'POST /cluster/bulk-action/guest/start': {
    permission: 'anyone',
    params: {
      'max-workers?': 'integer 1..64',
      'maxworkers?': 'integer 1..64',
      'timeout?': 'integer',
      'vms?': ['integer 100..999999999 pve-vmid'],
    },
    returns: 'string',
  },
  'POST /cluster/bulk-action/guest/shutdown': {
    permission: 'anyone',
    params: {
      'force-stop?': 'boolean',
      'max-workers?': 'integer 1..64',
      'maxworkers?': 'integer 1..64',
      'timeout?': 'integer',
      'vms?': ['integer 100..999999999 pve-vmid'],
    },
    returns: 'string',
  },
  'POST /nodes/{node}/migrateall': {
    permission: 'anyone',
    proxied: true,
    params: {
      'max-workers?': 'integer 1..64',
      'maxworkers?': 'integer 1..64',
      target: 'string pve-node',
      'vms?': 'string pve-vmid-list',
      'with-local-disks?': 'boolean',
    },
    returns: 'string',
  },
  'POST /nodes/{node}/startall': {
    permission: 'anyone',
    proxied: true,
    params: {
      'force?': 'boolean',
      'max-workers?': 'integer 1..64',
      'vms?': 'string pve-vmid-list',
    },
    returns: 'string',
  },
  'POST /nodes/{node}/stopall': {
    permission: 'anyone',
    proxied: true,
    params: {
      'force-stop?': 'boolean',
      'max-workers?': 'integer 1..64',
      'timeout?': 'integer 0..7200',
      'vms?': 'string pve-vmid-list',
    },
    returns: 'string',
  },
};
