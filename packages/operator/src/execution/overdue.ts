import {
  type Clock,
  describeError,
  type ExecutionPolicy,
  type FollowOptions,
  type Instant,
  type Migration,
  type MigrationOutcome,
  type MigrationTask,
  type Migrator,
  type Milliseconds,
} from '@ballast/core';
import type { Logger } from '@ballast/telemetry';

/** A task that could not be stopped is asked to stop again after this time. */
const ASK_AGAIN: Milliseconds = 60_000;

export interface FollowParts {
  readonly migrator: Pick<Migrator, 'follow' | 'abort'>;
  readonly clock: Clock;
  readonly log?: Logger;
  /** Without it there is no time-out. */
  readonly policy?: ExecutionPolicy;
}

/** How long a step may take: a multiple of what was predicted, and never less than the least. */
export function limitOf({ cost }: Pick<Migration, 'cost'>, { timeout }: ExecutionPolicy): Milliseconds {
  return Math.max(timeout.least, timeout.factor * cost.duration);
}

/**
 * Follows a migration to its end. One that takes longer than it may is told of, and where the policy says so it is stopped;
 * its end arrives as any other. A restart is never stopped: its guest is down, and would stay so.
 * @param overdue told once, with the time that the step might have taken
 */
export async function followInTime(
  task: MigrationTask,
  { step, startedAt }: { readonly step: Migration; readonly startedAt: Instant },
  parts: FollowParts,
  options: FollowOptions & { readonly overdue: (limit: Milliseconds) => void },
): Promise<MigrationOutcome> {
  const { migrator } = parts;
  const { overdue, ...following } = options;
  const ended = new AbortController();
  const { signal } = options;
  const until = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
  void watch(task, step, startedAt, parts, overdue, until);
  try {
    return await migrator.follow(task, following);
  } finally {
    ended.abort();
  }
}

async function watch(
  task: MigrationTask,
  step: Migration,
  startedAt: Instant,
  { migrator, clock, log, policy }: FollowParts,
  overdue: (limit: Milliseconds) => void,
  until: AbortSignal,
): Promise<void> {
  if (policy === undefined) return;
  const limit = limitOf(step, policy);
  // Rejects where the migration has ended, or is followed no more.
  const sleep = (time: Milliseconds): Promise<boolean> => clock.sleep(time, until).then(...FULFILLED);
  if (!(await sleep(startedAt + limit - clock.now()))) return;
  overdue(limit);
  if (policy.timeout.action !== 'abort' || step.mode === 'restart') return;
  do {
    try {
      return await migrator.abort(task, { signal: until });
    } catch (error) {
      log?.warn({ guest: step.guest, task: task.id }, `an overdue migration was not stopped: ${describeError(error)}`);
    }
  } while (await sleep(ASK_AGAIN));
}

const FULFILLED: readonly [() => boolean, () => boolean] = [() => true, () => false];
