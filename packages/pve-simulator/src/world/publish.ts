import type { Instant, Ratio } from '@ballast/core';
import { clamp } from '@ballast/core';
import type { GuestMinute, GuestSample, NodeMinute, NodeSample, RrdMinute } from './records.ts';
import type { World, WorldGuest, WorldNode } from './world.ts';

/** Rows of the round-robin database that are kept. */
const MINUTES = 70;

/** One cycle of pvestatd on every node: means over the time since its cycle before. */
export function publish(world: World): World {
  const speaks = new Set(
    world.nodes.filter((node) => node.online && node.silentSince === undefined).map((n) => n.name),
  );
  const nodes = { ...world.published.nodes };
  for (const node of world.nodes) {
    if (speaks.has(node.name)) nodes[node.name] = nodeSample(world.now, node, nodes[node.name]);
  }
  const guests: Record<number, GuestSample> = {};
  for (const guest of world.guests) {
    const before = world.published.guests[guest.id];
    if (speaks.has(guest.node)) guests[guest.id] = guestSample(world.now, guest, before);
    else if (before !== undefined) guests[guest.id] = before;
  }
  return { ...world, published: { nodes, guests } };
}

function nodeSample(now: Instant, node: WorldNode, before: NodeSample | undefined): NodeSample {
  const { activity } = node;
  const same = before !== undefined && before.bootedAt === node.bootedAt && now > before.at;
  return {
    at: now,
    bootedAt: node.bootedAt,
    cpu: same ? mean(activity.coreTime - before.coreTime, now - before.at, node.cores) : 0,
    memory: Math.round(activity.memoryUsed),
    runnable: activity.asked,
    coreTime: activity.coreTime,
    netIn: Math.round(activity.netIn),
    netOut: Math.round(activity.netOut),
  };
}

/** pvestatd knows no sample before the first one of a process, and says 0 for its CPU. */
function guestSample(now: Instant, guest: WorldGuest, before: GuestSample | undefined): GuestSample {
  const { activity } = guest;
  const running = guest.status === 'running';
  const known =
    before?.running === true && before.startedAt === guest.startedAt && before.node === guest.node && now > before.at;
  return {
    at: now,
    node: guest.node,
    running,
    startedAt: guest.startedAt,
    cpu: running && known ? mean(activity.coreTime - before.coreTime, now - before.at, guest.vcpus) : 0,
    memory: Math.round(activity.memoryUsed),
    cpuSome: activity.cpuSome,
    coreTime: activity.coreTime,
    netIn: Math.round(activity.netIn),
    netOut: Math.round(activity.netOut),
    diskRead: Math.round(activity.diskRead),
    diskWrite: Math.round(activity.diskWrite),
  };
}

/** Adds the minute that ends now to the round-robin database. */
export function recordMinute(world: World): World {
  const last = world.rrd.at(-1);
  const nodes: Record<string, NodeMinute> = {};
  for (const node of world.nodes) {
    if (node.online && node.silentSince === undefined) nodes[node.name] = nodeMinute(world.now, node, last);
  }
  const guests: Record<number, GuestMinute> = {};
  for (const guest of world.guests) {
    if (guest.status === 'running' && nodes[guest.node] !== undefined) {
      guests[guest.id] = guestMinute(world.now, guest, last);
    }
  }
  return { ...world, rrd: [...world.rrd.slice(1 - MINUTES), { at: world.now, nodes, guests }] };
}

function nodeMinute(now: Instant, node: WorldNode, last: RrdMinute | undefined): NodeMinute {
  const { activity } = node;
  const before = last?.nodes[node.name];
  const known = before !== undefined && activity.coreTime >= before.coreTime;
  return {
    cpu: known
      ? mean(activity.coreTime - before.coreTime, now - (last?.at ?? now), node.cores)
      : clamp(activity.granted / node.cores, 0, 1),
    memory: Math.round(activity.memoryUsed),
    runnable: activity.asked,
    cpuSome: activity.cpuSome,
    memorySome: activity.memorySome,
    coreTime: activity.coreTime,
    netIn: Math.round(activity.netIn),
    netOut: Math.round(activity.netOut),
  };
}

function guestMinute(now: Instant, guest: WorldGuest, last: RrdMinute | undefined): GuestMinute {
  const { activity } = guest;
  return {
    cpu: minuteMean(now, guest, last),
    memory: Math.round(activity.memoryUsed),
    cpuSome: activity.cpuSome,
    startedAt: guest.startedAt,
    coreTime: activity.coreTime,
    netIn: Math.round(activity.netIn),
    netOut: Math.round(activity.netOut),
    diskRead: Math.round(activity.diskRead),
    diskWrite: Math.round(activity.diskWrite),
  };
}

/** A process that is younger than the minute was not there for all of it: its mean reads low. */
function minuteMean(now: Instant, guest: WorldGuest, last: RrdMinute | undefined): Ratio {
  const { coreTime, granted } = guest.activity;
  const before = last?.guests[guest.id];
  if (last !== undefined && before?.startedAt === guest.startedAt) {
    return mean(coreTime - before.coreTime, now - last.at, guest.vcpus);
  }
  const young = last !== undefined && guest.startedAt >= last.at;
  return young ? mean(coreTime, now - last.at, guest.vcpus) : clamp(granted / guest.vcpus, 0, 1);
}

function mean(coreTime: number, elapsed: number, cores: number): number {
  return elapsed > 0 ? clamp(coreTime / elapsed / cores, 0, 1) : 0;
}

/** How old the figures of a guest's node are. */
export function sampleOf(world: World, guest: WorldGuest): GuestSample | undefined {
  const sample = world.published.guests[guest.id];
  if (sample === undefined || world.now - sample.at > world.settings.expiry) return undefined;
  return sample;
}

/** What is known of a node: nothing once its figures have expired. */
export function nodeSampleOf(world: World, node: WorldNode): NodeSample | undefined {
  const sample = world.published.nodes[node.name];
  if (sample === undefined || world.now - sample.at > world.settings.expiry) return undefined;
  return sample;
}
