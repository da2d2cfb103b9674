import type { Endpoint, EndpointTable } from '../endpoint.ts';
import type { Shape } from '../shape.ts';
import { containerOptions } from './container-options.ts';
import { machineOptions } from './machine-options.ts';

/** What a change carries beside the options. */
const CHANGE: Readonly<Record<string, Shape>> = {
  'delete?': 'string pve-configid-list',
  'digest?': 'string ..40',
  'revert?': 'string pve-configid-list',
};
const MACHINE_CHANGE: Readonly<Record<string, Shape>> = {
  ...machineOptions,
  ...CHANGE,
  'force?': 'boolean requires=delete',
  'skiplock?': 'boolean',
};
const MACHINE_RIGHTS =
  '/vms/{vmid} VM.Config.Disk|VM.Config.CDROM|VM.Config.CPU|VM.Config.Memory|VM.Config.Network|VM.Config.HWType|' +
  'VM.Config.Options|VM.Config.Cloudinit';
const READ: Pick<Endpoint, 'permission' | 'proxied' | 'params'> = {
  permission: '/vms/{vmid} VM.Audit',
  proxied: true,
  params: {
    'current?': 'boolean',
    'snapshot?': 'string ..40 pve-configid',
  },
};
const PENDING: Endpoint = {
  permission: '/vms/{vmid} VM.Audit',
  proxied: true,
  returns: [
    {
      'delete?': 'integer 0..2',
      key: 'string',
      'pending?': 'string',
      'value?': 'string',
    },
  ],
};

/** Configurations of guests. */
export const configTable: EndpointTable = {
  'GET /nodes/{node}/qemu/{vmid}/config': {
    ...READ,
    returns: {
      ...machineOptions,
      digest: 'string',
      'meta?': 'string property-string',
      'parent?': 'string ..40 pve-configid',
      'running-nets-host-mtu?': 'string /net\\d+=\\d+(,net\\d+=\\d+)*/',
      'runningcpu?': 'string /(?:[+-]?[\\w\\-\\._=]+,?)+/',
      'runningmachine?': 'string property-string',
      'snaptime?': 'integer 0..',
      'vmstate?': 'string pve-volume-id',
    },
  },
  'POST /nodes/{node}/qemu/{vmid}/config': {
    permission: MACHINE_RIGHTS,
    proxied: true,
    params: {
      ...MACHINE_CHANGE,
      'background_delay?': 'integer 1..30',
      'import-working-storage?': 'string pve-storage-id',
    },
    returns: 'string',
  },
  'PUT /nodes/{node}/qemu/{vmid}/config': {
    permission: MACHINE_RIGHTS,
    proxied: true,
    params: MACHINE_CHANGE,
    returns: 'null',
  },
  'GET /nodes/{node}/qemu/{vmid}/pending': PENDING,
  'GET /nodes/{node}/lxc/{vmid}/config': {
    ...READ,
    returns: {
      ...containerOptions,
      digest: 'string',
      'lxc?': [['string']],
    },
  },
  'PUT /nodes/{node}/lxc/{vmid}/config': {
    permission: '/vms/{vmid} VM.Config.Disk|VM.Config.CPU|VM.Config.Memory|VM.Config.Network|VM.Config.Options',
    proxied: true,
    params: { ...containerOptions, ...CHANGE },
    returns: 'null',
  },
  'GET /nodes/{node}/lxc/{vmid}/pending': PENDING,
};
