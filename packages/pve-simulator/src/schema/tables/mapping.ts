import type { EndpointTable } from '../endpoint.ts';

/** Devices by one name on several nodes. */
export const mappingTable: EndpointTable = {
  'GET /cluster/mapping': {
    permission: 'anyone',
    returns: ['object'],
  },
  'GET /cluster/mapping/pci': {
    permission: 'anyone',
    params: {
      'check-node?': 'string pve-node',
    },
    returns: [
      {
        'checks?': [
          {
            message: 'string',
            severity: 'enum warning|error',
          },
        ],
        description: 'string',
        id: 'string',
        map: ['string'],
      },
    ],
  },
  'GET /cluster/mapping/pci/{id}': {
    permission: '/mapping/pci/{id} Mapping.Use or /mapping/pci/{id} Mapping.Modify or /mapping/pci/{id} Mapping.Audit',
    params: {
      id: 'string pve-configid',
    },
    returns: 'object',
  },
  'GET /cluster/mapping/usb': {
    permission: 'anyone',
    params: {
      'check-node?': 'string pve-node',
    },
    returns: [
      {
        description: 'string',
        error: 'any',
        id: 'string',
        map: ['string'],
      },
    ],
  },
  'GET /cluster/mapping/usb/{id}': {
    permission: '/mapping/usb/{id} Mapping.Audit or /mapping/usb/{id} Mapping.Use or /mapping/usb/{id} Mapping.Modify',
    params: {
      id: 'string pve-configid',
    },
    returns: 'object',
  },
};
