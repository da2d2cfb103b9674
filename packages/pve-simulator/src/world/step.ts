import type { Instant, Milliseconds } from '@ballast/core';
import { nextHaEvent, settleHa } from './ha.ts';
import { haAtWork, haRound } from './ha-round.ts';
import { nextJobEvent, settleJobs } from './jobs.ts';
import { cpuPressure, type Load, loadOf } from './load.ts';
import { settleMigrations } from './migration/phases.ts';
import { nextMigrationEvent, sendFor } from './migration/sending.ts';
import { publish, recordMinute } from './publish.ts';
import { nextReplicationEvent, settleReplications } from './replication.ts';
import type { GuestActivity, NodeActivity, World, WorldGuest } from './world.ts';

/** A row of the round-robin database. */
const MINUTE: Milliseconds = 60_000;
/** Bytes that a guest sends and writes per busy core and second: counters are to run, their size means nothing. */
const NET_PER_CORE = 2_000_000;
const DISK_PER_CORE = 500_000;

/**
 * The world `dt` milliseconds later. Pure, and the same however `dt` is cut, but for rounding: time is walked from
 * one event (a sample of demand, a broadcast, a phase of a migration, a round of HA) to the next.
 * @throws {RangeError} when `dt` is negative or no number
 */
export function step(world: World, dt: Milliseconds): World {
  if (!(dt >= 0) || !Number.isFinite(dt)) throw new RangeError(`Expected a time >= 0 ms, got ${dt}`);
  const end = world.now + dt;
  let next = settle(world);
  while (next.now < end) {
    next = settleBeats(settle(elapse(next, Math.min(end, nextEvent(next)))));
  }
  return next;
}

function nextEvent(world: World): Instant {
  const { demandGrid, broadcast, haRound: round } = world.settings;
  return Math.min(
    haAtWork(world) ? nextBeat(world.now, round) : Number.POSITIVE_INFINITY,
    Math.max(world.now + 1, nextJobEvent(world)),
    Math.max(world.now + 1, nextReplicationEvent(world)),
    nextBeat(world.now, demandGrid),
    nextBeat(world.now, broadcast),
    nextBeat(world.now, MINUTE),
    Math.max(world.now + 1, nextMigrationEvent(world)),
    Math.max(world.now + 1, nextHaEvent(world)),
  );
}

function nextBeat(now: Instant, beat: Milliseconds): Instant {
  return (Math.floor(now / beat) + 1) * beat;
}

function settle(world: World): World {
  const jobs = world.jobs.length === 0 ? world : settleJobs(world);
  const next = jobs.replications.length === 0 ? jobs : settleReplications(jobs);
  return next.migrations.length === 0 && next.commands.length === 0 ? next : settleHa(settleMigrations(next));
}

function settleBeats(world: World): World {
  let next = world;
  if (world.now % world.settings.broadcast === 0) next = publish(next);
  if (world.now % MINUTE === 0) next = recordMinute(next);
  if (world.now % world.settings.haRound === 0) next = haRound(next);
  return next;
}

/** Nothing happens until `until` but that everyone goes on with what it does. */
function elapse(world: World, until: Instant): World {
  const dt = until - world.now;
  const load = STILL.get(world) ?? loadOf(world);
  const guests = world.guests.map((guest, i) => activeGuest(guest, i, load, dt));
  const nodes = world.nodes.map((node, i) => ({ ...node, activity: nodeActivity(world, load, i, dt) }));
  if (world.migrations.length > 0) return { ...sendFor({ ...world, guests, nodes }, dt, until), now: until };
  const later: World = { ...world, now: until, guests, nodes };
  const { demandGrid } = world.settings;
  if (Math.floor(until / demandGrid) === Math.floor(world.now / demandGrid)) STILL.set(later, load);
  return later;
}

/** Worlds in which nothing but time has passed since the load of the one before was made out: it is theirs as well. */
const STILL = new WeakMap<World, Load>();

function activeGuest(guest: WorldGuest, i: number, load: Load, dt: Milliseconds): WorldGuest {
  const asked = load.asked[i] ?? 0;
  const granted = load.granted[i] ?? 0;
  const before = guest.activity;
  if (asked === 0 && before.asked === 0 && load.memory[i] === before.memoryUsed) return guest;
  const seconds = dt / 1000;
  const activity: GuestActivity = {
    asked,
    granted,
    memoryUsed: load.memory[i] ?? 0,
    cpuSome: guestPressure(guest, asked, granted, load),
    coreTime: before.coreTime + granted * dt,
    netIn: before.netIn + granted * NET_PER_CORE * seconds,
    netOut: before.netOut + 2 * granted * NET_PER_CORE * seconds,
    diskRead: before.diskRead + granted * DISK_PER_CORE * seconds,
    diskWrite: before.diskWrite + granted * DISK_PER_CORE * seconds,
  };
  return { ...guest, activity };
}

function guestPressure(guest: WorldGuest, asked: number, granted: number, load: Load): number {
  const index = load.nodeIndex.get(guest.node);
  const host = index === undefined ? undefined : load.nodes[index];
  return asked === 0 ? 0 : Math.max(host === undefined ? 0 : host.cpuSome / 2, cpuPressure(0, asked, granted));
}

function nodeActivity(world: World, load: Load, i: number, dt: Milliseconds): NodeActivity {
  const node = world.nodes[i];
  const now = load.nodes[i];
  if (node === undefined || now === undefined) throw new RangeError(`Expected a node at ${i}`);
  const bytes = (now.granted * NET_PER_CORE * dt) / 1000;
  return {
    asked: now.asked,
    granted: now.granted,
    memoryUsed: now.memoryUsed,
    cpuSome: now.cpuSome,
    memorySome: now.memorySome,
    coreTime: node.activity.coreTime + now.granted * dt,
    netIn: node.activity.netIn + bytes,
    netOut: node.activity.netOut + bytes,
  };
}
