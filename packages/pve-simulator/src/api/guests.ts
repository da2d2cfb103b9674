import type { GuestKind } from '@ballast/core';
import { sampleOf } from '../world/publish.ts';
import type { GuestSample } from '../world/records.ts';
import { guestOf, majorOf, type World, type WorldGuest } from '../world/world.ts';
import { may } from './identity.ts';
import { died, type Refusal } from './refusal.ts';
import type { Answer, Call, Handlers } from './route.ts';

type Row = Readonly<Record<string, unknown>>;

/** Guests of a node: lists and states. */
export const guestHandlers: Handlers = {
  'GET /nodes/{node}/qemu': (call) => list(call, 'qemu'),
  'GET /nodes/{node}/lxc': (call) => list(call, 'lxc'),
  'GET /nodes/{node}/qemu/{vmid}/status/current': (call) => current(call, 'qemu'),
  'GET /nodes/{node}/lxc/{vmid}/status/current': (call) => current(call, 'lxc'),
};

/**
 * The guest that a path names, on its node.
 * @throws {Refusal} 500, as for a configuration file that does not exist
 */
export function guestOfPath(call: Call, kind: GuestKind): WorldGuest {
  const guest = guestOf(call.world, call.params.number('vmid'));
  if (guest === undefined || guest.kind !== kind || guest.node !== call.params.text('node')) {
    throw configMissing(call, kind);
  }
  return guest;
}

/** Proxmox VE knows no 404 for its objects: a guest that is not there is a file that does not exist. */
export function configMissing({ params }: Call, kind: GuestKind = 'qemu'): Refusal {
  const folder = kind === 'qemu' ? 'qemu-server' : 'lxc';
  return died(
    `Configuration file 'nodes/${params.text('node')}/${folder}/${params.number('vmid')}.conf' does not exist`,
  );
}

function list(call: Call, kind: GuestKind): Answer {
  return {
    data: call.world.guests
      .filter((guest) => guest.kind === kind && guest.node === call.params.text('node'))
      .filter((guest) => may(call.identity, `/vms/${guest.id}`, 'VM.Audit'))
      .map((guest) => statusRow(call, guest, call.params.flag('full'))),
  };
}

function current(call: Call, kind: GuestKind): Answer {
  const guest = guestOfPath(call, kind);
  const ha = guest.ha === undefined ? { managed: 0 } : { managed: 1, state: guest.ha.crm };
  const running = guest.status === 'running';
  return {
    data: {
      ...statusRow(call, guest, true),
      ha,
      ...(kind === 'qemu' && guest.agent ? { agent: 1 } : {}),
      ...(kind === 'qemu' && running ? { 'running-machine': 'pc-q35-10.1+pve0', 'running-qemu': '10.1.2' } : {}),
    },
  };
}

/** As vmstatus lists a guest: the number of vCPUs is `cpus` here, and what is false is not said. */
function statusRow({ world }: Call, guest: WorldGuest, full: boolean): Row {
  const sample = sampleOf(world, guest);
  const running = guest.status === 'running';
  const uptime = running ? Math.max(0, Math.floor((world.now - guest.startedAt) / 1000)) : 0;
  return {
    vmid: guest.id,
    name: guest.name,
    status: guest.status,
    ...(guest.kind === 'lxc' ? { type: 'lxc' } : {}),
    ...(guest.template ? { template: 1 } : {}),
    ...(guest.tags.length === 0 ? {} : { tags: guest.tags.join(';') }),
    ...(guest.lock === undefined ? {} : { lock: guest.lock }),
    cpus: guest.vcpus,
    maxmem: guest.memory,
    maxdisk: guest.diskSize,
    disk: 0,
    uptime,
    ...live(world, guest, running ? sample : undefined),
    ...(full && guest.kind === 'qemu' ? { qmpstatus: guest.paused ? 'paused' : guest.status } : {}),
  };
}

function live(world: World, guest: WorldGuest, sample: GuestSample | undefined): Row {
  if (sample === undefined || sample.node !== guest.node) {
    return { cpu: 0, mem: 0, netin: 0, netout: 0, diskread: 0, diskwrite: 0 };
  }
  return {
    cpu: sample.cpu,
    mem: sample.memory,
    netin: sample.netIn,
    netout: sample.netOut,
    diskread: sample.diskRead,
    diskwrite: sample.diskWrite,
    ...(guest.kind === 'qemu' ? { pid: 100_000 + guest.id } : {}),
    ...(majorOf(world) < 9 ? {} : hostView(guest, sample)),
  };
}

/** What Proxmox VE 9 added: the host's view of a machine's memory, and pressure. */
function hostView(guest: WorldGuest, sample: GuestSample): Row {
  const memory = guest.kind === 'qemu' ? { memhost: Math.round(sample.memory * 1.02) } : {};
  return { ...memory, ...pressures(guest, sample.cpuSome) };
}

/** Pressure in percent: numbers for virtual machines, text for containers. */
function pressures(guest: WorldGuest, cpuSome: number): Row {
  const some = Math.round(cpuSome * 10_000) / 100;
  const figures = {
    pressurecpusome: some,
    pressurecpufull: Math.round(some * 60) / 100,
    pressureiosome: 0,
    pressureiofull: 0,
    pressurememorysome: 0,
    pressurememoryfull: 0,
  };
  if (guest.kind === 'qemu') return figures;
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, value.toFixed(2)]));
}
