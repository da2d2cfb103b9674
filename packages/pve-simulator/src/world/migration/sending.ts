import type { Instant, Milliseconds } from '@ballast/core';
import { isTransferring } from '../load.ts';
import type { WorldMigration } from '../records.ts';
import { logTask, stamp } from '../task.ts';
import type { World } from '../world.ts';
import { put } from './change.ts';
import { progressLine } from './log.ts';
import { transferRate, transferred, untilDue } from './transfer.ts';

/** When the next thing happens to a migration. */
export function nextMigrationEvent(world: World): Instant {
  let next = Number.POSITIVE_INFINITY;
  for (const migration of world.migrations) {
    if (migration.phaseEndsAt !== undefined) next = Math.min(next, migration.phaseEndsAt);
    else next = Math.min(next, world.now + untilDue(world, migration));
    if (migration.failure !== undefined) next = Math.min(next, Math.max(world.now, migration.failure.at));
  }
  return next;
}

/** Migrations send for `dt`, ending at `until`; progress is logged at each whole second. */
export function sendFor(world: World, dt: Milliseconds, until: Instant): World {
  let next = world;
  for (const migration of world.migrations) {
    if (!isTransferring(migration) || migration.phase === 'switch' || migration.stalled) continue;
    const sent = transferred(world, migration, dt);
    next = sent.phase === 'copy' ? logProgress(world, next, sent, until) : put(next, sent);
  }
  return next;
}

function logProgress(before: World, world: World, migration: WorldMigration, until: Instant): World {
  const since = migration.copyStartedAt ?? until;
  const seconds = Math.floor((until - since) / 1000);
  if (seconds <= migration.logged) return put(world, migration);
  const rate = transferRate(before, migration);
  const lines: string[] = [];
  for (let second = migration.logged + 1; second <= seconds; second++) {
    const at = since + second * 1000;
    const then = migration.transferred - (rate.sent * (until - at)) / 1000;
    lines.push(stamp(at, progressLine({ ...migration, transferred: then }, rate.sent, rate.dirtied)));
  }
  return put(logTask(world, migration.upid, lines), { ...migration, logged: seconds });
}
