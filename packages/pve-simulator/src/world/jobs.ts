import type { GuestId, Instant, Milliseconds } from '@ballast/core';
import { startMigration } from './migration/start.ts';
import { withPower } from './power.ts';
import type { JobWork, WorldJob } from './records.ts';
import { rolledBack, withoutSnapshot, withSnapshot } from './snapshots.ts';
import { endTask, logTask, startTask, type TaskSpec } from './task.ts';
import { changeGuest, guestOf, nodeOf, unlocked, type World } from './world.ts';

/** How often a task looks whether those that it waits for have ended. */
const LOOK: Milliseconds = 1000;

/** Starts a task that does its work after `duration`. */
export function startJob(
  world: World,
  spec: TaskSpec,
  work: JobWork,
  duration: Milliseconds,
  lines: readonly string[] = [],
): { readonly world: World; readonly upid: string } {
  const started = startTask(world, spec);
  const { upid } = started.task;
  const job: WorldJob = { upid, work, endsAt: world.now + duration };
  return { world: { ...logTask(started.world, upid, lines), jobs: [...world.jobs, job] }, upid };
}

/** When the next of them ends. */
export function nextJobEvent(world: World): Instant {
  let next = Number.POSITIVE_INFINITY;
  for (const job of world.jobs) next = Math.min(next, job.endsAt);
  return next;
}

/** Ends what is due. */
export function settleJobs(world: World): World {
  let next = world;
  for (const job of world.jobs) {
    if (job.endsAt <= world.now)
      next = job.work.kind === 'bulk-migrate' ? goOn(next, job, job.work) : finish(next, job);
  }
  return next;
}

/** A guest that a task works on. */
export function jobOf(world: World, guest: GuestId): WorldJob | undefined {
  return world.jobs.find(({ work }) => 'guest' in work && work.guest === guest);
}

/** Breaks a task off, as SIGTERM does. */
export function stopJob(world: World, job: WorldJob): World {
  const { work } = job;
  const without = { ...world, jobs: world.jobs.filter((other) => other.upid !== job.upid) };
  const freed = 'guest' in work && work.kind !== 'power' ? changeGuest(without, work.guest, unlocked) : without;
  return endTask(freed, job.upid, 'received interrupt');
}

function finish(world: World, job: WorldJob): World {
  const done = carryOut({ ...world, jobs: world.jobs.filter((other) => other.upid !== job.upid) }, job.work);
  return endTask(done, job.upid, 'OK');
}

function carryOut(world: World, work: JobWork): World {
  switch (work.kind) {
    case 'power':
      return withPower(world, work.guest, work.action);
    case 'snapshot':
      return withSnapshot(world, work.guest, work.snapshot);
    case 'forget-snapshot':
      return withoutSnapshot(world, work.guest, work.name);
    case 'rollback':
      return rolledBack(world, work.guest, work.name);
    case 'unlock':
      return changeGuest(world, work.guest, unlocked);
    case 'nothing':
    case 'bulk-migrate':
      return world;
  }
}

type Bulk = Extract<JobWork, { kind: 'bulk-migrate' }>;

/** Starts as many migrations as may run at once, and ends when all have. */
function goOn(world: World, job: WorldJob, work: Bulk): World {
  const ended = work.running.filter((upid) => !world.migrations.some((migration) => migration.upid === upid));
  const failed = ended.filter((upid) => world.tasks.find((task) => task.upid === upid)?.exit !== 'OK').length;
  const waiting = work.waiting.slice();
  let running = work.running.filter((upid) => !ended.includes(upid));
  let next = world;
  while (running.length < work.workers && waiting.length > 0) {
    const started = startOne(next, waiting.shift() ?? 0, work);
    next = started.world;
    if (started.upid !== undefined) running = [...running, started.upid];
  }
  const now: Bulk = { ...work, waiting, running, failed: work.failed + failed };
  if (running.length > 0) return putJob(next, { ...job, endsAt: world.now + LOOK, work: now });
  const without = { ...next, jobs: next.jobs.filter((other) => other.upid !== job.upid) };
  return endTask(without, job.upid, now.failed > 0 ? 'migration failed' : 'OK');
}

function startOne(world: World, id: GuestId, work: Bulk): { readonly world: World; readonly upid?: string } {
  const guest = guestOf(world, id);
  if (guest === undefined || guest.node === work.to || nodeOf(world, work.to) === undefined) return { world };
  const running = guest.status === 'running';
  return startMigration(world, {
    guest: id,
    to: work.to,
    mode: running ? (guest.kind === 'qemu' ? 'live' : 'restart') : 'offline',
    user: work.user,
    withLocalDisks: work.withLocalDisks,
    restart: true,
  });
}

function putJob(world: World, job: WorldJob): World {
  return { ...world, jobs: world.jobs.map((other) => (other.upid === job.upid ? job : other)) };
}
