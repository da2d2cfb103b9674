import type { EndpointTable } from '../endpoint.ts';

/** What a node says of itself. */
export const nodesTable: EndpointTable = {
  'GET /nodes': {
    permission: 'anyone',
    returns: [
      {
        'cpu?': 'number',
        'level?': 'string',
        'maxcpu?': 'integer',
        'maxmem?': 'integer',
        'mem?': 'integer',
        node: 'string pve-node',
        'ssl_fingerprint?': 'string',
        status: 'enum unknown|online|offline',
        'uptime?': 'integer',
      },
    ],
  },
  'GET /nodes/{node}': {
    permission: 'anyone',
    returns: ['object'],
  },
  'GET /nodes/{node}/status': {
    permission: '/nodes/{node} Sys.Audit',
    proxied: true,
    returns: {
      'boot-info': {
        mode: 'enum efi|legacy-bios',
        'secureboot?': 'boolean',
      },
      cpu: 'number',
      cpuinfo: {
        cores: 'integer',
        cpus: 'integer',
        model: 'string',
        sockets: 'integer',
      },
      'current-kernel': {
        machine: 'string',
        release: 'string',
        sysname: 'string',
        version: 'string',
      },
      loadavg: ['string'],
      memory: {
        available: 'integer',
        free: 'integer',
        total: 'integer',
        used: 'integer',
      },
      pveversion: 'string',
      rootfs: {
        avail: 'integer',
        free: 'integer',
        total: 'integer',
        used: 'integer',
      },
    },
  },
  'GET /nodes/{node}/version': {
    permission: 'anyone',
    proxied: true,
    returns: {
      release: 'string',
      repoid: 'string',
      version: 'string',
    },
  },
  'GET /nodes/{node}/time': {
    permission: '/nodes/{node} Sys.Audit',
    proxied: true,
    returns: {
      localtime: 'integer 1297163644..',
      time: 'integer 1297163644..',
      timezone: 'string',
    },
  },
  'GET /nodes/{node}/rrddata': {
    permission: '/nodes/{node} Sys.Audit',
    params: {
      'cf?': 'enum AVERAGE|MAX',
      timeframe: 'enum hour|day|week|month|year|decade',
    },
    returns: ['object'],
  },
  'GET /nodes/{node}/config': {
    permission: '/ Sys.Audit',
    proxied: true,
    params: {
      'property?':
        'enum acme|acmedomain0|acmedomain1|acmedomain2|acmedomain3|acmedomain4|acmedomain5|ballooning-target|description|startall-onboot-delay|wakeonlan',
    },
    returns: {
      'acme?': 'string property-string',
      'acmedomain[n]?': 'string property-string',
      'ballooning-target?': 'integer 0..100',
      'description?': 'string ..65536',
      'digest?': 'string ..40',
      'startall-onboot-delay?': 'integer 0..300',
      'wakeonlan?': 'string property-string',
    },
  },
  'GET /nodes/{node}/capabilities/qemu/migration': {
    permission: '/nodes/{node} Sys.Audit',
    proxied: true,
    returns: {
      'has-dbus-vmstate': 'boolean',
    },
  },
};
