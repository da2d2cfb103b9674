import type { Bytes, Milliseconds } from '@ballast/core';
import type { WorldMigration } from '../records.ts';
import { bytesLeft } from '../replication.ts';
import { endTask, logTask, startTask } from '../task.ts';
import { changeGuest, guestOf, nodeOf, type World, type WorldGuest } from '../world.ts';
import { log } from './change.ts';
import { startLines } from './log.ts';
import { type MigrationRequest, stumblingBlock } from './request.ts';

/** How soon a worker finds that it cannot. */
const STUMBLES: Milliseconds = 800;

/** Starts the worker task of a migration: the guest is locked, and the first lines are logged. */
export function startMigration(
  world: World,
  request: MigrationRequest,
): { readonly world: World; readonly upid: string } {
  const guest = guestOf(world, request.guest);
  if (guest === undefined) throw new RangeError(`Expected a guest of this world, got ${request.guest}`);
  const type = guest.kind === 'qemu' ? 'qmigrate' : 'vzmigrate';
  const started = startTask(world, { node: guest.node, type, id: String(guest.id), user: request.user });
  const { upid } = started.task;
  if (guest.lock !== undefined) {
    const word = guest.kind === 'qemu' ? 'VM' : 'CT';
    return { world: endTask(started.world, upid, `${word} is locked (${guest.lock})`), upid };
  }
  const migration = newMigration(started.world, guest, request, upid);
  let next: World = { ...started.world, migrations: [...world.migrations, migration] };
  next = changeGuest(next, guest.id, (g) => ({ ...g, lock: 'migrate' }));
  if (request.ha) next = logTask(next, upid, ['task started by HA resource agent']);
  next = log(next, upid, startLines(migration, guest, nodeOf(world, request.to)?.address ?? request.to));
  return { world: next, upid };
}

function localBytes(guest: WorldGuest): Bytes {
  return guest.localDisks.reduce((sum, disk) => sum + disk.size, 0);
}

function newMigration(world: World, guest: WorldGuest, request: MigrationRequest, upid: string): WorldMigration {
  const { settings, now } = world;
  const block = stumblingBlock(world, guest, request);
  const stops = request.mode === 'restart' && block === undefined;
  return {
    upid,
    guest: guest.id,
    kind: guest.kind,
    from: guest.node,
    to: request.to,
    mode: request.mode,
    phase: stops ? 'stop' : 'prepare',
    startedAt: now,
    phaseEndsAt: now + (stops ? settings.shutdownTime : settings.prepareTime),
    memoryUsed: guest.activity.memoryUsed,
    diskBytes: bytesLeft(world, guest.id, request.to, localBytes(guest)),
    remaining: 0,
    transferred: 0,
    logged: 0,
    downtimeLimit: settings.downtimeLimit,
    stalledFor: 0,
    downtime: 0,
    moved: false,
    ...(request.bandwidthLimit === undefined ? {} : { bandwidthLimit: request.bandwidthLimit }),
    ...(request.targetStorage === undefined ? {} : { targetStorage: request.targetStorage }),
    ha: request.ha ?? false,
    ...(block === undefined ? {} : { failure: { at: now + STUMBLES, reason: block } }),
  };
}
