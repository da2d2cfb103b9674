import type { GuestMinute, NodeMinute, RrdMinute } from '../world/records.ts';
import { guestOf, majorOf, type World, type WorldGuest, type WorldNode } from '../world/world.ts';
import { configMissing } from './guests.ts';
import { nodeOfPath } from './nodes.ts';
import { ROOT_SIZE } from './resources.ts';
import type { Answer, Call, Handlers } from './route.ts';

type Row = Readonly<Record<string, number>>;

/** Seconds of one row, and rows, by time frame (PVE/RRD.pm). */
const FRAMES: Readonly<Record<string, readonly [number, number]>> = {
  hour: [60, 60],
  day: [60, 1440],
  week: [1800, 336],
  month: [1800, 1440],
  year: [21_600, 1440],
  decade: [604_800, 570],
};

/** The round-robin database. It is replicated: any node answers for any node. */
export const rrdHandlers: Handlers = {
  'GET /nodes/{node}/rrddata': nodeData,
  'GET /nodes/{node}/qemu/{vmid}/rrddata': guestData,
  'GET /nodes/{node}/lxc/{vmid}/rrddata': guestData,
};

function nodeData(call: Call): Answer {
  const node = nodeOfPath(call);
  const newer = majorOf(call.world) >= 9;
  return {
    data: rows(call, (minute, before) => nodeRow(newer, node, minute.nodes[node.name], before?.nodes[node.name])),
  };
}

function guestData(call: Call): Answer {
  const guest = guestOf(call.world, call.params.number('vmid'));
  if (guest === undefined) throw configMissing(call);
  const newer = majorOf(call.world) >= 9;
  return {
    data: rows(call, (minute, before) => guestRow(newer, guest, minute.guests[guest.id], before?.guests[guest.id])),
  };
}

/** One row a step of the time frame, oldest first; what was not measured is left out of its row. */
function rows(call: Call, row: (minute: RrdMinute, before: RrdMinute | undefined) => Row): readonly Row[] {
  const [seconds, count] = FRAMES[call.params.text('timeframe')] ?? [60, 60];
  const minutes = call.world.rrd.filter((minute) => minute.at % (seconds * 1000) === 0);
  return minutes.slice(-count).map((minute) => ({
    time: Math.floor(minute.at / 1000),
    ...row(minute, minuteBefore(call.world, minute)),
  }));
}

function minuteBefore(world: World, minute: RrdMinute): RrdMinute | undefined {
  return world.rrd[world.rrd.indexOf(minute) - 1];
}

function nodeRow(newer: boolean, node: WorldNode, minute: NodeMinute | undefined, before: NodeMinute | undefined): Row {
  if (minute === undefined) return {};
  return {
    loadavg: minute.runnable,
    maxcpu: node.cores,
    cpu: minute.cpu,
    iowait: 0,
    memtotal: node.memory,
    memused: minute.memory,
    ...(newer ? { memavailable: node.memory - minute.memory, arcsize: 0 } : {}),
    swaptotal: 8 * 2 ** 30,
    swapused: 0,
    roottotal: ROOT_SIZE,
    rootused: Math.round(ROOT_SIZE / 6),
    ...rates(minute, before, ['netIn', 'netOut']),
    ...(newer ? pressure(minute.cpuSome, minute.memorySome) : {}),
  };
}

function guestRow(
  newer: boolean,
  guest: WorldGuest,
  minute: GuestMinute | undefined,
  before: GuestMinute | undefined,
): Row {
  if (minute === undefined) return {};
  return {
    maxcpu: guest.vcpus,
    cpu: minute.cpu,
    maxmem: guest.memory,
    mem: minute.memory,
    maxdisk: guest.diskSize,
    disk: 0,
    ...rates(minute, before, ['netIn', 'netOut', 'diskRead', 'diskWrite']),
    ...(newer ? { memhost: Math.round(minute.memory * 1.02), ...guestPressure(minute) } : {}),
  };
}

function guestPressure({ cpuSome }: GuestMinute): Row {
  return { ...pressure(cpuSome, 0), pressurecpufull: percent(cpuSome * 0.6) };
}

/** Counters become bytes a second; a counter that started anew gives no rate. */
function rates<K extends string>(
  minute: Record<K, number>,
  before: Record<K, number> | undefined,
  keys: readonly K[],
): Row {
  const row: Record<string, number> = {};
  if (before === undefined) return row;
  for (const key of keys) {
    if (minute[key] >= before[key]) row[key.toLowerCase()] = (minute[key] - before[key]) / 60;
  }
  return row;
}

/** Pressure is in percent here. */
function pressure(cpuSome: number, memorySome: number): Row {
  return {
    pressurecpusome: percent(cpuSome),
    pressureiosome: 0,
    pressureiofull: 0,
    pressurememorysome: percent(memorySome),
    pressurememoryfull: percent(memorySome * 0.7),
  };
}

function percent(ratio: number): number {
  return Math.round(ratio * 10_000) / 100;
}
