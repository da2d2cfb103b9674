import { createHash } from 'node:crypto';
import { GIB, MIB } from '@ballast/core';
import type { WorldGuest } from '../world/world.ts';
import { guestOfPath } from './guests.ts';
import { died } from './refusal.ts';
import type { Answer, Call, Handlers } from './route.ts';

type Row = Readonly<Record<string, unknown>>;

/** Configurations of guests, and the addresses that they tell. */
export const configHandlers: Handlers = {
  'GET /nodes/{node}/qemu/{vmid}/config': (call) => config(call, guestOfPath(call, 'qemu')),
  'GET /nodes/{node}/lxc/{vmid}/config': (call) => config(call, guestOfPath(call, 'lxc')),
  'GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces': agentInterfaces,
  'GET /nodes/{node}/lxc/{vmid}/interfaces': containerInterfaces,
};

function config(_: Call, guest: WorldGuest): Answer {
  const values = guest.kind === 'qemu' ? machineConfig(guest) : containerConfig(guest);
  const text = JSON.stringify([values, guest.lock ?? '']);
  return { data: { ...values, digest: createHash('sha1').update(text).digest('hex') } };
}

function machineConfig(guest: WorldGuest): Row {
  return {
    name: guest.name,
    cores: guest.vcpus,
    sockets: 1,
    cpu: 'x86-64-v2-AES',
    // Text since Proxmox VE 8: the option became a property string.
    memory: String(Math.round(guest.memory / MIB)),
    ostype: 'l26',
    scsihw: 'virtio-scsi-single',
    boot: 'order=scsi0',
    ...common(guest),
    ...disks(guest, 'scsi'),
    ...devices(guest),
    net0: `virtio=${macOf(guest)},bridge=vmbr0,firewall=1`,
    ipconfig0: guest.addresses[0] === undefined ? 'ip=dhcp' : `ip=${guest.addresses[0]}/16,gw=10.1.0.1`,
    ...(guest.agent ? { agent: '1' } : {}),
    vmgenid: '00000000-0000-4000-8000-000000000000'.slice(0, -6) + guest.id.toString(16).padStart(6, '0'),
  };
}

function containerConfig(guest: WorldGuest): Row {
  const size = Math.round(guest.diskSize / GIB);
  const rootfs = guest.localDisks[0]?.volume ?? `ceph:vm-${guest.id}-disk-0`;
  return {
    hostname: guest.name,
    arch: 'amd64',
    cores: guest.vcpus,
    memory: Math.round(guest.memory / MIB),
    swap: 512,
    ostype: 'debian',
    unprivileged: 1,
    rootfs: `${rootfs},size=${size}G`,
    ...common(guest),
    net0: `name=eth0,bridge=vmbr0,hwaddr=${macOf(guest)},ip=${guest.addresses[0] ?? 'dhcp'}${guest.addresses[0] === undefined ? '' : '/16'},type=veth`,
  };
}

function common(guest: WorldGuest): Row {
  return {
    ...(guest.tags.length === 0 ? {} : { tags: guest.tags.join(';') }),
    ...(guest.lock === undefined ? {} : { lock: guest.lock }),
    ...(guest.template ? { template: 1 } : {}),
  };
}

function disks(guest: WorldGuest, bus: string): Row {
  if (guest.localDisks.length === 0) {
    return { [`${bus}0`]: `ceph:vm-${guest.id}-disk-0,iothread=1,size=${Math.round(guest.diskSize / GIB)}G` };
  }
  return Object.fromEntries(
    guest.localDisks.map(({ volume, size }, i) => [
      `${bus}${i}`,
      `${volume},iothread=1,size=${Math.ceil(size / GIB)}G`,
    ]),
  );
}

function devices(guest: WorldGuest): Row {
  return Object.fromEntries(
    guest.localResources.map((name, i) => [name, name.startsWith('usb') ? 'host=1-2' : `0000:0${i + 1}:00.0,pcie=1`]),
  );
}

function agentInterfaces(call: Call): Answer {
  const guest = guestOfPath(call, 'qemu');
  if (guest.status !== 'running') throw died(`VM ${guest.id} is not running`);
  if (!guest.agent) throw died('No QEMU guest agent configured');
  const addresses = guest.addresses.map((address) => ({
    'ip-address': address,
    'ip-address-type': address.includes(':') ? 'ipv6' : 'ipv4',
    prefix: address.includes(':') ? 64 : 16,
  }));
  return {
    data: {
      result: [
        {
          name: 'lo',
          'hardware-address': '00:00:00:00:00:00',
          'ip-addresses': [{ 'ip-address': '127.0.0.1', 'ip-address-type': 'ipv4', prefix: 8 }],
        },
        { name: 'eth0', 'hardware-address': macOf(guest).toLowerCase(), 'ip-addresses': addresses },
      ],
    },
  };
}

function containerInterfaces(call: Call): Answer {
  const guest = guestOfPath(call, 'lxc');
  if (guest.status !== 'running') return { data: null };
  const v4 = guest.addresses.find((address) => !address.includes(':'));
  const mac = macOf(guest).toLowerCase();
  return {
    data: [
      {
        name: 'lo',
        hwaddr: '00:00:00:00:00:00',
        'hardware-address': '00:00:00:00:00:00',
        inet: '127.0.0.1/8',
        'ip-addresses': [{ 'ip-address': '127.0.0.1', 'ip-address-type': 'inet', prefix: 8 }],
      },
      {
        name: 'eth0',
        hwaddr: mac,
        'hardware-address': mac,
        ...(v4 === undefined ? {} : { inet: `${v4}/16` }),
        'ip-addresses': guest.addresses.map((address) => ({
          'ip-address': address,
          'ip-address-type': address.includes(':') ? 'inet6' : 'inet',
          prefix: address.includes(':') ? 64 : 16,
        })),
      },
    ],
  };
}

function macOf(guest: WorldGuest): string {
  const hex = guest.id.toString(16).toUpperCase().padStart(6, '0');
  return `BC:24:11:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}`;
}
