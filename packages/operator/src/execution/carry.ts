import type {
  Assessment,
  BalancePolicy,
  Budgets,
  Clock,
  Migration,
  Migrator,
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

/** An execution of a plan with everything around a step: budgets, drift, weights, the record in the history. */
export function carryOut(options: CarryOptions): Execution {
  const { plan, migrator, clock, memory, settings, onProgress } = options;
  let foreign: ReturnType<typeof foreignMigrations> = [];
  const execution: Execution = new Execution({
    plan,
    migrator,
    clock,
    hooks: {
      waitsFor: (step, running) =>
        admit({ step, running, foreign, moves: memory.history.moves, budgets: settings.budgets, now: clock.now() }),
      recheck: async (step, running) => {
        const latest = await options.latest();
        foreign = foreignMigrations(latest.snapshot.tasks, running);
        return recheck(step, latest, settings.balance, running);
      },
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
    // On disk before the request goes out: after a crash the record tells what was begun.
    await memory.save();
  }
  if (report.endedAt !== undefined || state === 'skipped') metrics?.recordMigration(report);
  onProgress?.(report);
}
