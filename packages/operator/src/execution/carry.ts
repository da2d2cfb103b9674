import type {
  Assessment,
  BalancePolicy,
  Budgets,
  Clock,
  ClusterTask,
  Migration,
  Migrator,
  Milliseconds,
  Plan,
  Service,
  StepReport,
} from '@ballast/core';
import type { Logger, Metrics } from '@ballast/telemetry';
import { rememberWeights } from '@ballast/weigher';
import type { Memory } from '../rounds/memory.ts';
import type { Weights } from '../weights/weights.ts';
import { admit, foreignMigrations } from './budgets.ts';
import { Execution } from './execution.ts';
import { recordMove } from './moves.ts';
import { recheck } from './recheck.ts';

export interface CarryOptions {
  readonly plan: Plan;
  readonly migrator: Migrator;
  readonly clock: Clock;
  readonly log: Logger;
  readonly memory: Memory;
  readonly weights: Weights;
  readonly settings: {
    readonly balance: BalancePolicy;
    readonly budgets: Budgets;
    readonly services: readonly Service[];
  };
  /** The newest assessment there is: each step is checked against it right before it starts. */
  readonly latest: () => Promise<Assessment>;
  readonly metrics?: Pick<Metrics, 'recordMigration'>;
  readonly signal: AbortSignal;
  /** Told of each change and of progress. */
  readonly onProgress?: (step: StepReport) => void;
}

/** What others migrate is looked at again after this time, while a step waits. */
const LOOK_AGAIN: Milliseconds = 10_000;

/** An execution of a plan with everything around a step: budgets, drift, weights, the record in the history. */
export function carryOut(options: CarryOptions): Execution {
  const { plan, migrator, clock, memory, settings, onProgress } = options;
  let foreign: readonly ClusterTask[] = [];
  let lookedAt = Number.NEGATIVE_INFINITY;
  const look = async (): Promise<Assessment> => {
    const latest = await options.latest();
    // A migration of ours that has ended may still stand among the tasks of the newest snapshot.
    const ours = execution.reports.filter((report) => report.state !== 'waiting').map((report) => report.step);
    foreign = foreignMigrations(latest.snapshot.tasks, ours);
    lookedAt = clock.now();
    return latest;
  };
  const execution: Execution = new Execution({
    plan,
    migrator,
    clock,
    hooks: {
      waitsFor: async (step, running) => {
        if (clock.now() >= lookedAt + LOOK_AGAIN) await look();
        const { moves } = memory.history;
        return admit({ step, running, foreign, moves, budgets: settings.budgets, now: clock.now() });
      },
      recheck: async (step, running) => recheck(step, await look(), settings.balance, running),
      prepare: (step) => prepare(step, execution.running, options),
      changed: (report) => changed(report, options),
      ...(onProgress === undefined ? {} : { progressed: onProgress }),
    },
  });
  return execution;
}

/** Lowers the weight of a guest before its migration starts. Weights are an aid: a target that fails holds nothing up. */
async function prepare(step: Migration, running: readonly Migration[], options: CarryOptions): Promise<void> {
  const { weights, memory, settings, signal } = options;
  if (settings.services.length === 0) return;
  const table = weights.during(await options.latest(), memory.history, running);
  await weights.push(table, signal);
  memory.update((history) => rememberWeights(history, table));
  if (step.mode !== 'live') await weights.settle(signal);
}

async function changed(report: StepReport, options: CarryOptions): Promise<void> {
  const { log, memory, clock, metrics, onProgress } = options;
  const { step, state, detail, task } = report;
  const fields = { guest: step.guest, from: step.from, to: step.to, state, task, detail };
  if (state === 'failed' || state === 'aborted') log.warn(fields, 'migration did not go as planned');
  else log.info(fields, `migration ${state}`);
  if (state !== 'skipped') {
    memory.update((history) => recordMove(history, report, clock.now()));
    const save = memory.save();
    // On disk before the request goes out: after a crash the record tells what was begun. Later records are written
    // again by the round, which reports what keeps them from it.
    await (state === 'running' && task === undefined ? save : save.catch(() => undefined));
  }
  if (report.endedAt !== undefined || state === 'skipped') metrics?.recordMigration(report);
  onProgress?.(report);
}
