import {
  type Assessment,
  type BalancePolicy,
  type Budgets,
  type Clock,
  type ClusterTask,
  type ExecutionPolicy,
  type Instant,
  type Migration,
  type Migrator,
  type Milliseconds,
  type NodeName,
  type Plan,
  type Projection,
  type Rule,
  type Service,
  type StepReport,
  wallOf,
} from '@ballast/core';
import type { Logger, Metrics } from '@ballast/telemetry';
import { rememberWeights } from '@ballast/weigher';
import type { Memory } from '../rounds/memory.ts';
import { projectionOf } from '../verification/verify.ts';
import type { BorrowedWeights } from '../weights/borrowed.ts';
import type { Weights } from '../weights/weights.ts';
import { admit, foreignMigrations, underway } from './budgets.ts';
import { Execution } from './execution.ts';
import { requireFresh } from './fresh.ts';
import { endedSince } from './moves.ts';
import { beginPlan, notePlanStep } from './plans.ts';
import { recheck } from './recheck.ts';
import { type RecordParts, recordOverdue, recordStep } from './record.ts';

export interface CarryOptions {
  readonly plan: Plan;
  readonly migrator: Migrator;
  readonly clock: Clock;
  readonly log: Logger;
  readonly memory: Memory;
  readonly weights: Weights;
  /** Where the weights are not this operator's to set: they are borrowed for the plan. */
  readonly borrowed?: BorrowedWeights;
  readonly settings: {
    readonly balance: BalancePolicy;
    readonly budgets: Budgets;
    readonly services: readonly Service[];
    readonly execution?: ExecutionPolicy;
  };
  /** The newest assessment there is: each step is checked against it right before it starts. */
  readonly latest: () => Promise<Assessment>;
  /** The rules that hold now; those that the cluster states where it is left out. */
  readonly rules?: () => readonly Rule[];
  /** Migrations that were found running and are followed beside this plan's own. */
  readonly adopted?: () => readonly Migration[];
  readonly metrics?: Pick<Metrics, 'recordMigration' | 'recordOverdue'>;
  /** Who lets it be carried out; the operator itself where it is left out. */
  readonly by?: string;
  /** When it was approved, where it had to be. */
  readonly approvedAt?: Instant;
  readonly signal: AbortSignal;
  /**
   * Asked right before a migration is requested.
   * @throws {BallastError} where it may not be: paused by order, or another operator leads
   */
  readonly requireLeave?: () => Promise<void>;
  /**
   * Asked right before weights are pushed, and before a request leaves.
   * @throws {BallastError} where another operator leads
   */
  readonly requireLead?: () => void;
  /** Whether arrivals are verified afterwards, by rounds that go on. */
  readonly verifies?: boolean;
  /** Told of each change and of progress. */
  readonly onProgress?: (step: StepReport) => void;
}

/** What others migrate is looked at again after this time, while a step waits. */
const LOOK_AGAIN: Milliseconds = 10_000;

/** An execution of a plan with everything around a step: budgets, drift, weights, the record in the history. */
export function carryOut(options: CarryOptions): Execution {
  const { plan, migrator, clock, memory, settings, onProgress, by = 'operator', approvedAt } = options;
  const beganAt = clock.now();
  memory.update((history) =>
    beginPlan(history, plan, { by, beganAt, ...(approvedAt === undefined ? {} : { approvedAt }) }),
  );
  let foreign: readonly ClusterTask[] = [];
  let tasks: readonly ClusterTask[] = [];
  let lookedAt = Number.NEGATIVE_INFINITY;
  let checked: Assessment | undefined;
  const look = async (): Promise<Assessment> => {
    const latest = await options.latest();
    requireFresh(latest, clock);
    // A migration of ours that has ended may still stand among the tasks of the newest snapshot.
    const ours = execution.reports.filter((report) => !isWaiting(report)).map((report) => report.step);
    ({ tasks } = latest.snapshot);
    foreign = foreignMigrations(latest.snapshot.tasks, underway(ours, memory.history.moves));
    lookedAt = clock.now();
    return latest;
  };
  const projections = new Map<Migration, Projection>();
  const partsOf = ({ step }: StepReport): RecordParts => {
    const projected = projections.get(step);
    const asked = { plan: plan.id, by, ...(projected === undefined ? {} : { projected }) };
    return { ...options, asked };
  };
  const execution: Execution = new Execution({
    plan,
    migrator,
    clock,
    log: options.log,
    ...(settings.execution === undefined ? {} : { policy: settings.execution }),
    hooks: {
      waitsFor: async (step, running) => {
        if (clock.now() >= lookedAt + LOOK_AGAIN) await look();
        const { moves } = memory.history;
        const ours = underway(running, moves);
        const input = {
          step,
          running: ours,
          foreign,
          moves,
          budgets: settings.budgets,
          now: clock.now(),
          wall: wallOf(clock),
        };
        return admit({ ...input, ...busy(tasks, settings) });
      },
      recheck: async (step, running) => {
        await options.requireLeave?.();
        const latest = await look();
        const { history } = memory;
        const projected = projectionOf(step, latest);
        if (projected !== undefined) projections.set(step, projected);
        const ended = endedSince(history, latest.snapshot);
        const rules = options.rules?.() ?? latest.snapshot.rules;
        const moving = { running: underway(running, history.moves), ended };
        return recheck(step, latest, settings.balance, { ...moving, rules, planned: plan.steps });
      },
      prepare: (step) => prepare(step, [...execution.running, ...(options.adopted?.() ?? [])], options),
      requireLeave: async () => {
        await options.requireLeave?.();
        // Lowering weights and saving may have taken their time, and the process may have stood still meanwhile.
        checked = await options.latest();
        requireFresh(checked, clock);
      },
      mayLeave: () => {
        options.requireLead?.();
        if (checked !== undefined) requireFresh(checked, clock);
      },
      ...(options.verifies === undefined ? {} : { verifies: options.verifies }),
      changed: (report) => {
        memory.update((history) => notePlanStep(history, beganAt, plan.id, report));
        return recordStep(report, partsOf(report));
      },
      overdue: (report) => void recordOverdue(report, partsOf(report)),
      ...(onProgress === undefined ? {} : { progressed: onProgress }),
    },
  });
  return execution;
}

/** Nodes that a backup keeps busy, where migrations are to wait for it. */
export function busy(
  tasks: readonly ClusterTask[],
  { execution }: Pick<CarryOptions['settings'], 'execution'>,
): { readonly backups: ReadonlySet<NodeName> } {
  const found = execution?.backups === 'node' ? tasks.filter(({ type }) => type === 'vzdump') : [];
  return { backups: new Set(found.map(({ node }) => node)) };
}

function isWaiting({ state }: StepReport): boolean {
  return state === 'planned' || state === 'admitted' || state === 'skipped';
}

/** Lowers the weight of a guest before its migration starts. Weights are an aid: a target that fails holds nothing up. */
async function prepare(step: Migration, running: readonly Migration[], options: CarryOptions): Promise<void> {
  const { weights, borrowed, memory, settings, signal } = options;
  if (settings.services.length === 0) return;
  await borrowed?.borrow(await options.latest(), running);
  const latest = await options.latest();
  // Saving that it begins may have taken its time.
  requireFresh(latest, options.clock);
  const table = (borrowed ?? weights).during(latest, memory.history, running);
  if (table.services.length === 0) return;
  await weights.push(table, signal, () => {
    options.requireLead?.();
    requireFresh(latest, options.clock);
  });
  if (borrowed === undefined) memory.update((history) => rememberWeights(history, table));
  if (step.mode !== 'live') await weights.settle(signal);
}
