import type { EndpointTable } from '../endpoint.ts';

/** The cluster as a whole. */
export const clusterTable: EndpointTable = {
  'GET /version': {
    permission: 'anyone',
    returns: {
      'console?': 'enum applet|vv|html5|xtermjs',
      release: 'string',
      repoid: 'string /[0-9a-fA-F]{8,64}/',
      version: 'string',
    },
  },
  'GET /cluster': {
    permission: 'anyone',
    returns: ['object'],
  },
  'GET /cluster/resources': {
    permission: 'anyone',
    params: {
      'type?': 'enum vm|storage|node|sdn',
    },
    returns: [
      {
        'cgroup-mode?': 'integer',
        'content?': 'string pve-storage-content-list',
        'cpu?': 'number 0..',
        'disk?': 'integer 0..',
        'diskread?': 'integer',
        'diskwrite?': 'integer',
        'hastate?': 'string',
        id: 'string',
        'level?': 'string',
        'lock?': 'string',
        'maxcpu?': 'number 0..',
        'maxdisk?': 'integer 0..',
        'maxmem?': 'integer',
        'mem?': 'integer 0..',
        'memhost?': 'integer 0..',
        'name?': 'string',
        'netin?': 'integer',
        'netout?': 'integer',
        'network?': 'string',
        'network-type?': 'enum fabric|zone',
        'node?': 'string pve-node',
        'plugintype?': 'string',
        'pool?': 'string',
        'protocol?': 'string',
        'sdn?': 'string',
        'shared?': 'boolean',
        'status?': 'string',
        'storage?': 'string pve-storage-id',
        'tags?': 'string',
        'template?': 'boolean',
        type: 'enum node|storage|pool|qemu|lxc|openvz|sdn|network',
        'uptime?': 'integer',
        'vmid?': 'integer 100..999999999 pve-vmid',
        'zone-type?': 'string',
      },
    ],
  },
  'GET /cluster/status': {
    permission: '/ Sys.Audit',
    returns: [
      {
        id: 'string',
        'ip?': 'string',
        'level?': 'string',
        'local?': 'boolean',
        name: 'string',
        'nodeid?': 'integer',
        'nodes?': 'integer',
        'online?': 'boolean',
        'quorate?': 'boolean',
        type: 'enum cluster|node',
        'version?': 'integer',
      },
    ],
  },
  'GET /cluster/tasks': {
    permission: 'anyone',
    returns: [
      {
        upid: 'string',
      },
    ],
  },
  'GET /cluster/nextid': {
    permission: 'anyone',
    params: {
      'vmid?': 'integer 100..999999999 pve-vmid',
    },
    returns: 'integer',
  },
  'GET /cluster/log': {
    permission: 'anyone',
    params: {
      'max?': 'integer 1..',
    },
    returns: ['object'],
  },
  'GET /cluster/options': {
    permission: 'anyone',
    returns: 'object',
  },
  'PUT /cluster/options': {
    permission: '/ Sys.Modify',
    params: {
      'bwlimit?': 'string property-string',
      'consent-text?': 'string ..65536',
      'console?': 'enum applet|vv|html5|xtermjs',
      'crs?': 'string property-string',
      'delete?': 'string pve-configid-list',
      'description?': 'string ..65536',
      'email_from?': 'string email-opt',
      'fencing?': 'enum watchdog|hardware|both',
      'ha?': 'string property-string',
      'http_proxy?': 'string /http://.*/',
      'keyboard?':
        'enum de|de-ch|da|en-gb|en-us|es|fi|fr|fr-be|fr-ca|fr-ch|hu|is|it|ja|lt|mk|nl|no|pl|pt|pt-br|sv|sl|tr',
      'language?': 'enum ar|ca|da|de|en|es|eu|fa|fr|hr|he|it|ja|ka|kr|nb|nl|nn|pl|pt_BR|ru|sl|sv|tr|ukr|zh_CN|zh_TW',
      'mac_prefix?': 'string mac-prefix',
      'max_workers?': 'integer 1..',
      'migration?': 'string property-string',
      'migration_unsecure?': 'boolean',
      'next-id?': 'string property-string',
      'notify?': 'string property-string',
      'registered-tags?': 'string /(?:(?:[A-Za-z0-9_][A-Za-z0-9_\\-\\+\\.]*);)*(?:[A-Za-z0-9_][A-Za-z0-9_\\-\\+\\.]*)/',
      'replication?': 'string property-string',
      'tag-style?': 'string property-string',
      'u2f?': 'string property-string',
      'user-tag-access?': 'string property-string',
      'webauthn?': 'string property-string',
    },
    returns: 'null',
  },
  'GET /cluster/metrics/export': {
    permission: '/ Sys.Audit',
    params: {
      'history?': 'boolean',
      'local-only?': 'boolean',
      'node-list?': 'string',
      'start-time?': 'integer',
    },
    returns: {
      data: [
        {
          id: 'string',
          metric: 'string',
          timestamp: 'integer',
          type: 'enum gauge|counter|derive',
          value: 'number',
        },
      ],
    },
  },
  'GET /cluster/config/nodes': {
    permission: '/ Sys.Audit',
    returns: [
      {
        node: 'string',
      },
    ],
  },
};
