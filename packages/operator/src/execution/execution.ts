import {
  advanceStep,
  BallastError,
  type Blocker,
  type Clock,
  codeOf,
  describeError,
  type ExecutionPolicy,
  type Instant,
  KeptBackError,
  type Migration,
  type MigrationOutcome,
  type MigrationTask,
  type Migrator,
  type Milliseconds,
  type NodeName,
  type Plan,
  type StepReport,
  UNDERWAY_STATES,
} from '@ballast/core';
import type { Logger } from '@ballast/telemetry';
import type { Wait } from './budgets.ts';
import { RECENT, requireWord } from './fresh.ts';
import { followInTime } from './overdue.ts';

/** What an execution asks of its surroundings. */
export interface ExecutionHooks {
  /** The budget a step has to wait for, if any. */
  readonly waitsFor: (step: Migration, running: readonly Migration[]) => Promise<Wait | undefined>;
  /** Drift since the plan was made. */
  readonly recheck: (step: Migration, running: readonly Migration[]) => Promise<readonly Blocker[]>;
  /** Lowers the weight of the guest, once the step is written down. */
  readonly prepare: (step: Migration) => Promise<void>;
  /**
   * Asked last of all, right before the request is sent.
   * @throws {BallastError} where it may not be: nothing was asked for then
   */
  readonly requireLeave?: () => Promise<void>;
  /**
   * Asked once more each time that the request is about to leave: an entry point that does not answer takes its time.
   * @throws {BallastError} where it may not leave
   */
  readonly mayLeave?: () => void;
  /** Whether somebody looks afterwards what an arrival brought; where nobody does, an arrival is the end. */
  readonly verifies?: boolean;
  /** Each change of state. Where this fails, what the new state announces is not done (see {@link STEP_MACHINE}). */
  readonly changed?: (report: StepReport) => void | Promise<void>;
  readonly progressed?: (report: StepReport) => void;
  /** A step takes longer than it might. */
  readonly overdue?: (report: StepReport) => void;
}

export interface ExecutionOptions {
  readonly plan: Plan;
  readonly migrator: Migrator;
  readonly clock: Clock;
  readonly hooks: ExecutionHooks;
  /** How long steps may take; without it they may take any time. */
  readonly policy?: ExecutionPolicy;
  readonly log?: Logger;
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
  /** When Proxmox VE was last asked about the step that starts now; they start one after the other. */
  #askedAt: Instant = Number.NEGATIVE_INFINITY;
  #stopped: string | undefined;
  readonly #stop = new AbortController();

  constructor(options: ExecutionOptions) {
    this.#options = options;
    this.plan = options.plan;
    this.#reports = options.plan.steps.map((step) => ({ step, state: 'planned' }));
  }

  get reports(): readonly StepReport[] {
    return this.#reports;
  }

  /** Steps whose migration is under way. */
  get running(): readonly Migration[] {
    return this.#reports.filter(({ state }) => UNDERWAY_STATES.includes(state)).map((report) => report.step);
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
      if (report.state === 'planned') await this.#change(index, { state: 'skipped', detail: reason });
    }
    return this.#reports;
  }

  /** Waits for a step that may start now; undefined when none is left to start. */
  async #nextAdmitted(signal?: AbortSignal): Promise<number | undefined> {
    const ends = signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal]);
    while (!ends.aborted && this.#reports.some((report) => report.state === 'planned')) {
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
    let backup = false;
    for (const [index, { step, state }] of this.#reports.entries()) {
      if (state !== 'planned') continue;
      if (!claimed.has(step.from) && !claimed.has(step.to)) {
        const wait = await this.#waitsFor(step);
        if (wait === undefined) return index;
        // It may take an hour: by then this plan is old, and a new one is better.
        if (wait === 'per-hour') this.stopStarting('The budget of migrations an hour is used up.');
        if (wait === 'closed')
          this.stopStarting('Migrations may not begin at this time (budgets.windows, budgets.blackouts).');
        backup ||= wait === 'backup';
        if (wait !== 'concurrent-per-node' && wait !== 'backup') return undefined;
      }
      claimed.add(step.from).add(step.to);
    }
    // A backup may take hours, and nothing else would be done meanwhile.
    if (backup && this.#running.size === 0)
      this.stopStarting('A backup runs on a node of the step (execution.backups).');
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
    await this.#change(index, { state: 'admitted' });
    const drift = await this.#drift(step, signal);
    if (drift !== undefined) return await this.#drop(index, 'skipped', drift);
    try {
      await this.#submit(index, step, signal);
    } catch (error) {
      return await this.#drop(index, 'skipped', wordsOf(error));
    }
    const mayLeave = (): void => {
      try {
        requireWord(this.#askedAt, clock);
        hooks.mayLeave?.();
      } catch (error) {
        throw new KeptBackError(error);
      }
    };
    try {
      const task = await migrator.start(step, { mayLeave, ...(signal === undefined ? {} : { signal }) });
      await this.#change(index, { state: 'running', task: task.id });
      this.#running.set(index, this.#follow(index, task, signal));
    } catch (error) {
      if (error instanceof KeptBackError) return await this.#drop(index, 'skipped', wordsOf(error));
      // Whether it came about is for the cluster to tell: the guest counts as on its way until then (see settleMoves).
      await this.#drop(index, 'unknown', wordsOf(error));
    }
  }

  /** Everything before the request: what is written down first, the weight, and the last look. */
  async #submit(index: number, step: Migration, signal?: AbortSignal): Promise<void> {
    const { clock, hooks } = this.#options;
    await this.#change(index, { state: 'draining', startedAt: clock.now() });
    await hooks.prepare(step);
    await this.#change(index, { state: 'submitted' });
    if (clock.now() - this.#askedAt > RECENT) {
      const drift = await this.#drift(step, signal);
      if (drift !== undefined) throw new BallastError('drift', drift);
    }
    await hooks.requireLeave?.();
    signal?.throwIfAborted();
    if (this.#stopped !== undefined) throw new BallastError('stopped', this.#stopped);
  }

  /**
   * Why a step may not start after all. What the operator knows itself is looked at last: the call to Proxmox VE may
   * take its time. Where it cannot be found out nothing was asked for: the step is skipped, it has not failed.
   */
  async #drift(step: Migration, signal?: AbortSignal): Promise<string | undefined> {
    const { migrator, clock, hooks } = this.#options;
    this.#askedAt = clock.now();
    try {
      const refusals = await migrator.validate(step, signal === undefined ? {} : { signal });
      const drift = [...refusals, ...(await hooks.recheck(step, this.running))];
      return drift.length === 0 ? undefined : drift.map((blocker) => blocker.detail).join(' ');
    } catch (error) {
      return wordsOf(error);
    }
  }

  async #follow(index: number, task: MigrationTask, signal?: AbortSignal): Promise<void> {
    const { clock, hooks } = this.#options;
    try {
      const { step, startedAt = clock.now() } = this.#reports[index] as StepReport;
      const tell = (change: Partial<StepReport>, told: ExecutionHooks['progressed']): void => {
        this.#merge(index, change);
        const report = this.#reports[index];
        if (report !== undefined) told?.(report);
      };
      const outcome: MigrationOutcome = await followInTime(task, { step, startedAt }, this.#options, {
        ...(signal === undefined ? {} : { signal }),
        onProgress: (progress) => tell({ progress }, hooks.progressed),
        overdue: (overdue) => tell({ overdue }, hooks.overdue),
      });
      const { result, detail } = outcome;
      if (result === 'done') await this.#arrive(index, outcome, clock.now());
      else await this.#drop(index, result, detail, outcome);
    } catch (error) {
      // The migration may still run: what is not known is not called failed by the history (see settleMoves), and the
      // next round that can takes it up again.
      const detail = signal?.aborted
        ? 'The migration goes on in the cluster; it is no longer followed.'
        : `It is lost sight of, and may go on in the cluster. ${wordsOf(error)}`;
      await this.#drop(index, 'unknown', detail);
    } finally {
      this.#running.delete(index);
    }
  }

  async #arrive(index: number, outcome: MigrationOutcome, endedAt: Instant): Promise<void> {
    await this.#change(index, { state: 'verifying', outcome, endedAt });
    if (this.#options.hooks.verifies !== true) await this.#change(index, { state: 'done' });
  }

  async #drop(
    index: number,
    state: 'skipped' | 'failed' | 'aborted' | 'unknown',
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
    if (report === undefined) return;
    const state = advanceStep(report.state, change.state ?? report.state);
    this.#reports[index] = { ...report, ...change, state };
  }
}

function wordsOf(error: unknown): string {
  return `${codeOf(error)}: ${describeError(error)}`;
}
