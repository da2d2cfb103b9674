import {
  type Assessment,
  BallastError,
  type GuestId,
  type Migration,
  type Plan,
  type StepReport,
  wallOf,
} from '@ballast/core';
import { admit } from '../execution/budgets.ts';
import { busy, type CarryOptions, carryOut } from '../execution/carry.ts';
import type { Execution } from '../execution/execution.ts';

export interface CarrierParts extends Omit<CarryOptions, 'plan' | 'latest' | 'verifies' | 'by' | 'approvedAt'> {
  /** The newest assessment; none where the newest round did not come to one. */
  readonly newest: () => Assessment | undefined;
}

/** Carries out one plan at a time, across rounds. */
export class Carrier {
  readonly #parts: CarrierParts;
  #execution: { readonly plan: Execution; readonly ended: Promise<unknown> } | undefined;

  constructor(parts: CarrierParts) {
    this.#parts = parts;
  }

  get reports(): readonly StepReport[] {
    return this.#execution?.plan.reports ?? [];
  }

  get running(): readonly Migration[] {
    return this.#execution?.plan.running ?? [];
  }

  /** Guests whose migration is followed here. */
  get followed(): ReadonlySet<GuestId> {
    return new Set(this.running.map((step) => step.guest));
  }

  /** Resolves when the plan that is carried out now has ended. */
  get ended(): Promise<unknown> {
    return Promise.resolve(this.#execution?.ended);
  }

  /** Starts no further step. Those that run go on. */
  stopStarting(reason: string): void {
    this.#execution?.plan.stopStarting(reason);
  }

  /** Whether a plan could be begun now: there is none under way, and budgets that last for long have room. */
  mayBegin({ steps }: Pick<Plan, 'steps'>): boolean {
    if (this.#execution !== undefined) return false;
    const { settings, clock, log, memory, newest } = this.#parts;
    const { moves } = memory.history;
    const { budgets } = settings;
    const times = { now: clock.now(), wall: wallOf(clock) };
    const { backups } = busy(newest()?.snapshot.tasks ?? [], settings);
    const waits = steps.map((step) => admit({ step, running: [], foreign: [], moves, budgets, backups, ...times }));
    if (waits.includes('per-hour'))
      log.info({ perHour: budgets.perHour }, 'the budget of migrations an hour is used up');
    return waits.some((wait) => wait === undefined);
  }

  /** Starts an execution and leaves it running. */
  begin(plan: Plan, asked: Partial<Pick<CarryOptions, 'by' | 'approvedAt' | 'borrowed'>> = {}): void {
    const { log, signal, newest } = this.#parts;
    log.info({ plan: plan.id, steps: plan.steps.length, by: asked.by }, 'carrying out a plan');
    const execution = carryOut({
      ...this.#parts,
      ...asked,
      plan,
      verifies: true,
      latest: () => {
        const latest = newest();
        if (latest !== undefined) return Promise.resolve(latest);
        return Promise.reject(new BallastError('not-observed', 'The newest round did not come to an assessment.'));
      },
    });
    const ended = execution
      .run(signal)
      .catch((error: unknown) => log.error({ err: error }, 'an execution ended unexpectedly'))
      .finally(() => {
        this.#execution = undefined;
      });
    this.#execution = { plan: execution, ended };
  }
}
