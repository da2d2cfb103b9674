import { createHash } from 'node:crypto';
import { GIB, MIB } from '@ballast/core';
import type { OptionValue, WorldGuest } from '../world/world.ts';

type Row = Readonly<Record<string, string | number>>;

/** The configuration that is in force. */
export function configOf(guest: WorldGuest): Readonly<Record<string, string | number>> {
  const derived = guest.kind === 'qemu' ? machineConfig(guest) : containerConfig(guest);
  const parent = guest.snapshots?.at(-1)?.name;
  return withChanges({ ...derived, ...(parent === undefined ? {} : { parent }) }, guest.options ?? {});
}

/** Options with some of them changed; `null` takes one away. */
export function withChanges(
  values: Readonly<Record<string, string | number>>,
  changes: Readonly<Record<string, OptionValue>>,
): Readonly<Record<string, string | number>> {
  const entries = Object.entries({ ...values, ...changes });
  return Object.fromEntries(entries.filter((entry): entry is [string, string | number] => entry[1] !== null));
}

/** Changes with the configuration: who changes it may say which one was meant. */
export function digestOf(guest: WorldGuest): string {
  const { snapshots: _snapshots, pending, ...rest } = guest;
  const text = JSON.stringify([configOf(rest), pending ?? {}, guest.lock ?? '']);
  return createHash('sha1').update(text).digest('hex');
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
    ...(guest.cdrom === undefined ? {} : { ide2: `${guest.cdrom},media=cdrom` }),
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
  const mapped = Object.entries(guest.mappedResources ?? {}).map(([option, name]) => [option, `mapping=${name}`]);
  const local = guest.localResources.map((name, i) => [
    name,
    name.startsWith('usb') ? 'host=1-2' : `0000:0${i + 1}:00.0,pcie=1`,
  ]);
  return Object.fromEntries([...mapped, ...local]);
}

export function macOf(guest: WorldGuest): string {
  const hex = guest.id.toString(16).toUpperCase().padStart(6, '0');
  return `BC:24:11:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}`;
}
