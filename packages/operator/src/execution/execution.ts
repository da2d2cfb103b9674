import {
  type Blocker,
  type Clock,
  codeOf,
  describeError,
  type Migration,
  type MigrationOutcome,
  type MigrationTask,
  type Migrator,
  type Milliseconds,
  type NodeName,
  type Plan,
  type StepReport,
} from '@ballast/core';
import type { Wait } from './budgets.ts';

/** What an execution asks of its surroundings. */
export interface ExecutionHooks {
  /** The budget a step has to wait for, if any. */
  readonly waitsFor: (step: Migration, running: readonly Migration[]) => Promise<Wait | undefined>;
  /** Drift since the plan was made. */
  readonly recheck: (step: Migration, running: readonly Migration[]) => Promise<readonly Blocker[]>;
  /** Lowers the weight of the guest, and writes the intent down, before the request is sent. */
  readonly prepare: (step: Migration) => Promise<void>;
  /** Each change of state. */
  readonly changed?: (report: StepReport) => void | Promise<void>;
  readonly progressed?: (report: StepReport) => void;
}

export interface ExecutionOptions {
  readonly plan: Plan;
  readonly migrator: Migrator;
  readonly clock: Clock;
  readonly hooks: ExecutionHooks;
  /** Pause between two looks at the budgets. */
  readonly patience?: Milliseconds;
}

/**
 * Carries out one plan, in its order and under its budgets. Steps run side by side where the budgets let them.
 * The first failure or drift drops the steps that have not started: the next round plans anew from what is.
 */
export class Execution {
  readonly plan: Plan;
  readonly #options: ExecutionOptions;
  readonly #reports: StepReport[];
  readonly #running = new Map<number, Promise<void>>();
  #stopped: string | undefined;
  readonly #stop = new AbortController();

  constructor(options: ExecutionOptions) {
    this.#options = options;
    this.plan = options.plan;
    this.#reports = options.plan.steps.map((step) => ({ step, state: 'waiting' }));
  }

  get reports(): readonly StepReport[] {
    return this.#reports;
  }

  /** Steps whose migration is under way. */
  get running(): readonly Migration[] {
    return this.#reports.filter((report) => report.state === 'running').map((report) => report.step);
  }

  /** Starts no further step. Those that run go on. */
  stopStarting(reason: string): void {
    this.#stopped ??= reason;
    this.#stop.abort(new Error(reason));
  }

  /** Runs to the end of the plan. An aborted `signal` ends the following at once; migrations go on in the cluster. */
  async run(signal?: AbortSignal): Promise<readonly StepReport[]> {
    for (;;) {
      const index = await this.#nextAdmitted(signal);
      const step = index === undefined ? undefined : this.#reports[index]?.step;
      if (index === undefined || step === undefined) break;
      await this.#start(index, step, signal);
    }
    await Promise.all(this.#running.values());
    const reason = this.#stopped ?? 'The operator stops.';
    for (const [index, report] of this.#reports.entries()) {
      if (report.state === 'waiting') await this.#change(index, { state: 'skipped', detail: reason });
    }
    return this.#reports;
  }

  /** Waits for a step that may start now; undefined when none is left to start. */
  async #nextAdmitted(signal?: AbortSignal): Promise<number | undefined> {
    const ends = signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal]);
    while (!ends.aborted && this.#reports.some((report) => report.state === 'waiting')) {
      const index = await this.#firstAdmitted();
      if (index !== undefined || ends.aborted) return ends.aborted ? undefined : index;
      const pause = this.#options.clock.sleep(this.#options.patience ?? 1000, ends).catch(() => undefined);
      await Promise.race([pause, ...this.#running.values()]);
    }
    return undefined;
  }

  /**
   * The first waiting step that its budgets let start. A step overtakes those before it only where it shares no node
   * with them: the plan's order holds on every node.
   */
  async #firstAdmitted(): Promise<number | undefined> {
    const claimed = new Set<NodeName>();
    for (const [index, { step, state }] of this.#reports.entries()) {
      if (state !== 'waiting') continue;
      if (!claimed.has(step.from) && !claimed.has(step.to)) {
        const wait = await this.#waitsFor(step);
        if (wait === undefined) return index;
        // It may take an hour: by then this plan is old, and a new one is better.
        if (wait === 'per-hour') this.stopStarting('The budget of migrations an hour is used up.');
        if (wait !== 'concurrent-per-node') return undefined;
      }
      claimed.add(step.from).add(step.to);
    }
    return undefined;
  }

  /** Where nobody knows what the cluster does now, nothing more starts: what runs is followed on. */
  async #waitsFor(step: Migration): Promise<Wait | undefined> {
    try {
      return await this.#options.hooks.waitsFor(step, this.running);
    } catch (error) {
      this.stopStarting(`The cluster cannot be observed now: ${describeError(error)}`);
      return 'concurrent';
    }
  }

  async #start(index: number, step: Migration, signal?: AbortSignal): Promise<void> {
    const { migrator, clock, hooks } = this.#options;
    const call = signal === undefined ? {} : { signal };
    const drift = await this.#drift(step, signal);
    if (drift !== undefined) return await this.#drop(index, 'skipped', drift);
    try {
      await this.#change(index, { state: 'running', startedAt: clock.now() });
      await hooks.prepare(step);
      const task = await migrator.start(step, call);
      await this.#change(index, { state: 'running', task: task.id });
      this.#running.set(index, this.#follow(index, task, signal));
    } catch (error) {
      await this.#drop(index, 'failed', `${codeOf(error)}: ${describeError(error)}`);
    }
  }

  /**
   * Why a step may not start after all. What the operator knows itself is looked at last: the call to Proxmox VE may
   * take its time. Where it cannot be found out nothing was asked for: the step is skipped, it has not failed.
   */
  async #drift(step: Migration, signal?: AbortSignal): Promise<string | undefined> {
    const { migrator, hooks } = this.#options;
    try {
      const refusals = await migrator.validate(step, signal === undefined ? {} : { signal });
      const drift = [...refusals, ...(await hooks.recheck(step, this.running))];
      return drift.length === 0 ? undefined : drift.map((blocker) => blocker.detail).join(' ');
    } catch (error) {
      return `${codeOf(error)}: ${describeError(error)}`;
    }
  }

  async #follow(index: number, task: MigrationTask, signal?: AbortSignal): Promise<void> {
    const { migrator, clock, hooks } = this.#options;
    try {
      const outcome: MigrationOutcome = await migrator.follow(task, {
        ...(signal === undefined ? {} : { signal }),
        onProgress: (progress) => {
          this.#merge(index, { progress });
          const report = this.#reports[index];
          if (report !== undefined) hooks.progressed?.(report);
        },
      });
      const { result, detail } = outcome;
      if (result === 'done') await this.#change(index, { state: 'done', outcome, endedAt: clock.now() });
      else await this.#drop(index, result, detail, outcome);
    } catch (error) {
      // The migration may still run: what is not known is not called failed by the history (see settleMoves), and the
      // next round that can takes it up again.
      const detail = signal?.aborted
        ? 'The migration goes on in the cluster; it is no longer followed.'
        : `It is lost sight of, and may go on in the cluster. ${codeOf(error)}: ${describeError(error)}`;
      await this.#drop(index, 'aborted', detail);
    } finally {
      this.#running.delete(index);
    }
  }

  async #drop(
    index: number,
    state: 'skipped' | 'failed' | 'aborted',
    detail: string,
    outcome?: MigrationOutcome,
  ): Promise<void> {
    const name = this.#reports[index]?.step.guestName;
    this.stopStarting(`An earlier step did not go as planned (${name}): ${detail}`);
    await this.#change(index, {
      state,
      detail,
      ...(outcome === undefined ? {} : { outcome }),
      ...(state === 'skipped' ? {} : { endedAt: this.#options.clock.now() }),
    });
  }

  async #change(index: number, change: Partial<StepReport>): Promise<void> {
    this.#merge(index, change);
    const report = this.#reports[index];
    if (report !== undefined) await this.#options.hooks.changed?.(report);
  }

  #merge(index: number, change: Partial<StepReport>): void {
    const report = this.#reports[index];
    if (report !== undefined) this.#reports[index] = { ...report, ...change };
  }
}
