import type { EndpointTable } from '../endpoint.ts';

/** The HA manager: its guests, groups and rules, and its state. */
export const haTable: EndpointTable = {
  'GET /cluster/ha': {
    permission: '/ Sys.Audit',
    returns: [
      {
        id: 'string',
      },
    ],
  },
  'GET /cluster/ha/resources': {
    permission: '/ Sys.Audit',
    params: {
      'type?': 'enum ct|vm',
    },
    returns: [
      {
        sid: 'string',
      },
    ],
  },
  'POST /cluster/ha/resources': {
    permission: '/ Sys.Console',
    params: {
      'comment?': 'string ..4096',
      'failback?': 'boolean',
      'group?': 'string pve-configid',
      'max_relocate?': 'integer 0..',
      'max_restart?': 'integer 0..',
      sid: 'string pve-ha-resource-or-vm-id',
      'state?': 'enum started|stopped|enabled|disabled|ignored',
      'type?': 'enum ct|vm',
    },
    returns: 'null',
  },
  'GET /cluster/ha/resources/{sid}': {
    permission: '/ Sys.Audit',
    params: {
      sid: 'string pve-ha-resource-or-vm-id',
    },
    returns: {
      'comment?': 'string',
      digest: 'string',
      'failback?': 'boolean',
      'group?': 'string pve-configid',
      'max_relocate?': 'integer',
      'max_restart?': 'integer',
      sid: 'string pve-ha-resource-or-vm-id',
      'state?': 'enum started|stopped|enabled|disabled|ignored',
      type: 'string',
    },
  },
  'PUT /cluster/ha/resources/{sid}': {
    permission: '/ Sys.Console',
    params: {
      'comment?': 'string ..4096',
      'delete?': 'string ..4096 pve-configid-list',
      'digest?': 'string ..64',
      'failback?': 'boolean',
      'group?': 'string pve-configid',
      'max_relocate?': 'integer 0..',
      'max_restart?': 'integer 0..',
      sid: 'string pve-ha-resource-or-vm-id',
      'state?': 'enum started|stopped|enabled|disabled|ignored',
    },
    returns: 'null',
  },
  'DELETE /cluster/ha/resources/{sid}': {
    permission: '/ Sys.Console',
    params: {
      'purge?': 'boolean',
      sid: 'string pve-ha-resource-or-vm-id',
    },
    returns: 'null',
  },
  'POST /cluster/ha/resources/{sid}/migrate': {
    permission: '/ Sys.Console',
    params: {
      node: 'string pve-node',
      sid: 'string pve-ha-resource-or-vm-id',
    },
    returns: {
      'blocking-resources?': [
        {
          cause: 'enum resource-affinity',
          sid: 'string',
        },
      ],
      'comigrated-resources?': ['any'],
      'requested-node': 'string',
      sid: 'string',
    },
  },
  'POST /cluster/ha/resources/{sid}/relocate': {
    permission: '/ Sys.Console',
    params: {
      node: 'string pve-node',
      sid: 'string pve-ha-resource-or-vm-id',
    },
    returns: {
      'blocking-resources?': [
        {
          cause: 'enum resource-affinity',
          sid: 'string',
        },
      ],
      'comigrated-resources?': ['string'],
      'requested-node': 'string',
      sid: 'string',
    },
  },
  'GET /cluster/ha/groups': {
    permission: '/ Sys.Audit',
    returns: [
      {
        group: 'string',
      },
    ],
  },
  'POST /cluster/ha/groups': {
    permission: '/ Sys.Console',
    params: {
      'comment?': 'string ..4096',
      group: 'string pve-configid',
      nodes: 'string pve-ha-node-list',
      'nofailback?': 'boolean',
      'restricted?': 'boolean',
      'type?': 'enum group',
    },
    returns: 'null',
  },
  'GET /cluster/ha/groups/{group}': {
    permission: '/ Sys.Audit',
    params: {
      group: 'string pve-configid',
    },
    returns: 'any',
  },
  'PUT /cluster/ha/groups/{group}': {
    permission: '/ Sys.Console',
    params: {
      'comment?': 'string ..4096',
      'delete?': 'string ..4096 pve-configid-list',
      'digest?': 'string ..64',
      group: 'string pve-configid',
      'nodes?': 'string pve-ha-node-list',
      'nofailback?': 'boolean',
      'restricted?': 'boolean',
    },
    returns: 'null',
  },
  'DELETE /cluster/ha/groups/{group}': {
    permission: '/ Sys.Console',
    params: {
      group: 'string pve-configid',
    },
    returns: 'null',
  },
  'GET /cluster/ha/rules': {
    permission: '/ Sys.Audit',
    params: {
      'resource?': 'string',
      'type?': 'enum node-affinity|resource-affinity',
    },
    since: 9,
    returns: [
      {
        rule: 'string',
      },
    ],
  },
  'POST /cluster/ha/rules': {
    permission: '/ Sys.Console',
    params: {
      'affinity?': 'enum positive|negative',
      'comment?': 'string ..4096',
      'disable?': 'boolean',
      'nodes?': 'string pve-ha-node-list',
      resources: 'string pve-ha-resource-id-list',
      rule: 'string pve-configid',
      'strict?': 'boolean',
      type: 'enum node-affinity|resource-affinity',
    },
    since: 9,
    returns: 'null',
  },
  'GET /cluster/ha/rules/{rule}': {
    permission: '/ Sys.Audit',
    params: {
      rule: 'string pve-configid',
    },
    since: 9,
    returns: {
      rule: 'string pve-configid',
      type: 'enum node-affinity|resource-affinity',
    },
  },
  'PUT /cluster/ha/rules/{rule}': {
    permission: '/ Sys.Console',
    params: {
      'affinity?': 'enum positive|negative',
      'comment?': 'string ..4096',
      'delete?': 'string ..4096 pve-configid-list',
      'digest?': 'string ..64',
      'disable?': 'boolean',
      'nodes?': 'string pve-ha-node-list',
      'resources?': 'string pve-ha-resource-id-list',
      rule: 'string pve-configid',
      'strict?': 'boolean',
      type: 'enum node-affinity|resource-affinity',
    },
    since: 9,
    returns: 'null',
  },
  'DELETE /cluster/ha/rules/{rule}': {
    permission: '/ Sys.Console',
    params: {
      rule: 'string pve-configid',
    },
    since: 9,
    returns: 'null',
  },
  'GET /cluster/ha/status': {
    permission: 'anyone',
    returns: ['object'],
  },
  'GET /cluster/ha/status/current': {
    permission: '/ Sys.Audit',
    returns: [
      {
        'armed-state?': 'enum armed|standby|disarming|disarmed',
        'crm_state?': 'string',
        'failback?': 'boolean',
        id: 'string',
        'max_relocate?': 'integer',
        'max_restart?': 'integer',
        node: 'string',
        'quorate?': 'boolean',
        'request_state?': 'string',
        'resource_mode?': 'enum freeze|ignore',
        'sid?': 'string',
        'state?': 'string',
        status: 'string',
        'timestamp?': 'integer',
        type: 'enum quorum|master|lrm|service|fencing',
      },
    ],
  },
  'GET /cluster/ha/status/manager_status': {
    permission: '/ Sys.Audit',
    returns: 'object',
  },
  'POST /cluster/ha/status/disarm-ha': {
    permission: '/ Sys.Console',
    params: {
      'resource-mode': 'enum freeze|ignore',
    },
    since: 9,
    returns: 'null',
  },
  'POST /cluster/ha/status/arm-ha': {
    permission: '/ Sys.Console',
    since: 9,
    returns: 'null',
  },
};
