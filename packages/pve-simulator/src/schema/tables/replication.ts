import type { EndpointTable } from '../endpoint.ts';

/** Replication jobs, and their runs on a node. */
export const replicationTable: EndpointTable = {
  'GET /cluster/replication': {
    permission: 'anyone',
    returns: [
      {
        'comment?': 'string ..4096',
        'disable?': 'boolean',
        guest: 'integer',
        id: 'string pve-replication-job-id /[1-9][0-9]{2,8}-\\d{1,9}/',
        jobnum: 'integer',
        'rate?': 'number 1..',
        'remove_job?': 'enum local|full',
        'schedule?': 'string ..128 pve-calendar-event',
        'source?': 'string pve-node',
        target: 'string pve-node',
        type: 'enum local',
      },
    ],
  },
  'POST /cluster/replication': {
    permission: 'anyone',
    params: {
      'comment?': 'string ..4096',
      'disable?': 'boolean',
      id: 'string pve-replication-job-id /[1-9][0-9]{2,8}-\\d{1,9}/',
      'rate?': 'number 1..',
      'remove_job?': 'enum local|full',
      'schedule?': 'string ..128 pve-calendar-event',
      'source?': 'string pve-node',
      target: 'string pve-node',
      type: 'enum local',
    },
    returns: 'null',
  },
  'GET /cluster/replication/{id}': {
    permission: 'anyone',
    params: {
      id: 'string pve-replication-job-id /[1-9][0-9]{2,8}-\\d{1,9}/',
    },
    returns: {
      'comment?': 'string ..4096',
      'digest?': 'string ..64',
      'disable?': 'boolean',
      guest: 'integer',
      id: 'string pve-replication-job-id /[1-9][0-9]{2,8}-\\d{1,9}/',
      jobnum: 'integer',
      'rate?': 'number 1..',
      'remove_job?': 'enum local|full',
      'schedule?': 'string ..128 pve-calendar-event',
      'source?': 'string pve-node',
      target: 'string pve-node',
      type: 'enum local',
    },
  },
  'PUT /cluster/replication/{id}': {
    permission: 'anyone',
    params: {
      'comment?': 'string ..4096',
      'delete?': 'string ..4096 pve-configid-list',
      'digest?': 'string ..64',
      'disable?': 'boolean',
      id: 'string pve-replication-job-id /[1-9][0-9]{2,8}-\\d{1,9}/',
      'rate?': 'number 1..',
      'remove_job?': 'enum local|full',
      'schedule?': 'string ..128 pve-calendar-event',
      'source?': 'string pve-node',
    },
    returns: 'null',
  },
  'DELETE /cluster/replication/{id}': {
    permission: 'anyone',
    params: {
      'force?': 'boolean',
      id: 'string pve-replication-job-id /[1-9][0-9]{2,8}-\\d{1,9}/',
      'keep?': 'boolean',
    },
    returns: 'null',
  },
  'GET /nodes/{node}/replication': {
    permission: 'anyone',
    proxied: true,
    params: {
      'guest?': 'integer 100..999999999 pve-vmid',
    },
    returns: [
      {
        id: 'string',
      },
    ],
  },
  'GET /nodes/{node}/replication/{id}': {
    permission: 'anyone',
    params: {
      id: 'string pve-replication-job-id /[1-9][0-9]{2,8}-\\d{1,9}/',
    },
    returns: ['object'],
  },
  'GET /nodes/{node}/replication/{id}/status': {
    permission: 'anyone',
    proxied: true,
    params: {
      id: 'string pve-replication-job-id /[1-9][0-9]{2,8}-\\d{1,9}/',
    },
    returns: 'object',
  },
  'GET /nodes/{node}/replication/{id}/log': {
    permission: 'anyone',
    proxied: true,
    params: {
      id: 'string pve-replication-job-id /[1-9][0-9]{2,8}-\\d{1,9}/',
      'limit?': 'integer 0..',
      'start?': 'integer 0..',
    },
    returns: [
      {
        n: 'integer',
        t: 'string',
      },
    ],
  },
  'POST /nodes/{node}/replication/{id}/schedule_now': {
    permission: 'anyone',
    proxied: true,
    params: {
      id: 'string pve-replication-job-id /[1-9][0-9]{2,8}-\\d{1,9}/',
    },
    returns: 'string',
  },
};
