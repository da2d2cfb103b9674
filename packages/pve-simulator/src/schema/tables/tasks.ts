import type { EndpointTable } from '../endpoint.ts';

/** Worker tasks of a node. */
export const tasksTable: EndpointTable = {
  'GET /nodes/{node}/tasks': {
    permission: 'anyone',
    proxied: true,
    params: {
      'errors?': 'boolean',
      'limit?': 'integer 0..',
      'since?': 'integer',
      'source?': 'enum archive|active|all',
      'start?': 'integer 0..',
      'statusfilter?': 'string pve-task-status-type-list',
      'typefilter?': 'string',
      'until?': 'integer',
      'userfilter?': 'string',
      'vmid?': 'integer 100..999999999 pve-vmid',
    },
    returns: [
      {
        'endtime?': 'integer',
        id: 'string',
        node: 'string',
        pid: 'integer',
        pstart: 'integer',
        starttime: 'integer',
        'status?': 'string',
        type: 'string',
        upid: 'string',
        user: 'string',
      },
    ],
  },
  'GET /nodes/{node}/tasks/{upid}': {
    permission: 'anyone',
    params: {
      upid: 'string',
    },
    returns: ['object'],
  },
  'GET /nodes/{node}/tasks/{upid}/status': {
    permission: 'anyone',
    proxied: true,
    params: {
      upid: 'string',
    },
    returns: {
      'exitstatus?': 'string',
      id: 'string',
      node: 'string',
      pid: 'integer',
      pstart: 'integer',
      starttime: 'integer',
      status: 'enum running|stopped',
      type: 'string',
      upid: 'string',
      user: 'string',
    },
  },
  'GET /nodes/{node}/tasks/{upid}/log': {
    permission: 'anyone',
    proxied: true,
    params: {
      'download?': 'boolean',
      'limit?': 'integer 0..',
      'start?': 'integer 0..',
      upid: 'string',
    },
    returns: [
      {
        n: 'integer',
        t: 'string',
      },
    ],
  },
  'DELETE /nodes/{node}/tasks/{upid}': {
    permission: 'anyone',
    proxied: true,
    params: {
      upid: 'string',
    },
    returns: 'null',
  },
};
