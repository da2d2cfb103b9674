import type { Bytes, Instant, Milliseconds } from '@ballast/core';
import { MIB } from '@ballast/core';
import type { ReplicationJob } from './records.ts';
import { stamp } from './task.ts';
import { guestOf, nodeOf, type World } from './world.ts';

const MINUTE: Milliseconds = 60_000;
/** What is tried again soon after a failure. */
const AGAIN: Milliseconds = 5 * MINUTE;
/** What a guest has written since its last replication, as a share of its disks. */
const CHANGED = 0.02;

/** Minutes between two runs of a schedule such as `*`/15 or `0/15`; an hour for others. */
function intervalOf(schedule: string): Milliseconds {
  const minutes = /^(?:\*:)?(?:\*|0|00)\/(\d+)$/.exec(schedule)?.[1];
  return Math.max(1, Number(minutes ?? 60)) * MINUTE;
}

/** When a job runs after `at`. */
export function nextRun(schedule: string, at: Instant): Instant {
  const interval = intervalOf(schedule);
  return (Math.floor(at / interval) + 1) * interval;
}

export function nextReplicationEvent(world: World): Instant {
  let next = Number.POSITIVE_INFINITY;
  for (const job of world.replications) {
    if (!job.disabled) next = Math.min(next, job.nextSync);
  }
  return next;
}

/** Runs the jobs that are due. A run is short against its interval: it is done at once. */
export function settleReplications(world: World): World {
  if (!world.replications.some((job) => !job.disabled && job.nextSync <= world.now)) return world;
  return {
    ...world,
    replications: world.replications.map((job) => (job.disabled || job.nextSync > world.now ? job : run(world, job))),
  };
}

function run(world: World, job: ReplicationJob): ReplicationJob {
  const source = guestOf(world, job.guest)?.node;
  const online = nodeOf(world, job.target)?.online === true && nodeOf(world, source ?? '')?.online === true;
  const name = `${job.id}: `;
  const start = [stamp(world.now, `${name}start replication job`), stamp(world.now, `${name}guest => VM ${job.guest}`)];
  if (!online) {
    const error = `command '/usr/bin/ssh -o 'BatchMode=yes' root@${job.target} -- /bin/true' failed: exit code 255`;
    const log = [...start, stamp(world.now, `${name}end replication job with error: ${error}`)];
    return { ...job, failCount: job.failCount + 1, error, log, nextSync: world.now + AGAIN };
  }
  const log = [...start, stamp(world.now, `${name}end replication job`)];
  const { error: _error, ...rest } = job;
  return { ...rest, failCount: 0, lastSync: world.now, log, nextSync: nextRun(job.schedule, world.now) };
}

/** Whether the disks of a guest have been replicated to a node. */
export function hasReplica(world: World, guest: number, target: string): boolean {
  const job = world.replications.find((entry) => entry.guest === guest && entry.target === target);
  return job?.lastSync !== undefined;
}

/** A replicated guest's disks are on the target but for what changed since. */
export function bytesLeft(world: World, guest: number, target: string, disks: Bytes): Bytes {
  return hasReplica(world, guest, target) ? Math.max(Math.min(disks, MIB), Math.round(disks * CHANGED)) : disks;
}

/** After a guest has moved to a replication's target the job runs the other way. */
export function turnReplications(world: World, guest: number, from: string, to: string): World {
  if (!world.replications.some((job) => job.guest === guest && job.target === to)) return world;
  return {
    ...world,
    replications: world.replications.map((job) =>
      job.guest === guest && job.target === to ? { ...job, target: from } : job,
    ),
  };
}
