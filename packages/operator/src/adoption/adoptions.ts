import {
  advanceStep,
  type ClusterSnapshot,
  type ClusterTask,
  codeOf,
  describeError,
  type ExecutionPolicy,
  type FoundMigration,
  type Guest,
  type GuestId,
  type Instant,
  type Migration,
  type MigrationTask,
  type Migrator,
  type MoveRecord,
  type StepReport,
} from '@ballast/core';
import type { Metrics } from '@ballast/telemetry';
import { isMigrationTask } from '../execution/budgets.ts';
import { followInTime } from '../execution/overdue.ts';
import { type RecordParts, recordOverdue, recordStep } from '../execution/record.ts';
import { adoptedStep } from './step.ts';

export interface AdoptionParts extends Omit<RecordParts, 'metrics'> {
  readonly migrator: Pick<Migrator, 'find' | 'follow' | 'abort'>;
  readonly settings?: { readonly execution?: ExecutionPolicy | undefined };
  readonly metrics?: Pick<Metrics, 'recordMigration' | 'recordOverdue' | 'recordAdoption'>;
  /** Ends the following; migrations go on in the cluster. */
  readonly signal: AbortSignal;
}

interface Adopted {
  report: StepReport;
  readonly ended: Promise<void>;
}

/** A migration of ours that nobody follows. */
interface Orphan {
  readonly task: MigrationTask;
  readonly from: string;
  readonly to: string;
  readonly startedAt: Instant;
  readonly by: NonNullable<StepReport['adopted']>;
}

/**
 * Migrations that run and that this operator did not start itself, or has lost sight of: those that its history says it
 * began, and those that run under its own identity. Each is followed to its end as if it had just been started.
 */
export class Adoptions {
  readonly #parts: AdoptionParts;
  readonly #adopted = new Map<GuestId, Adopted>();
  /** Tasks that were followed before and lost: followed again only while they are seen to run. */
  readonly #lost = new Set<string>();

  constructor(parts: AdoptionParts) {
    this.#parts = parts;
  }

  get reports(): readonly StepReport[] {
    return [...this.#adopted.values()].map(({ report }) => report);
  }

  get running(): readonly Migration[] {
    return this.reports.map(({ step }) => step);
  }

  /** Resolves when all that are followed now have ended. */
  get ended(): Promise<unknown> {
    return Promise.all([...this.#adopted.values()].map(({ ended }) => ended));
  }

  /**
   * Adopts what the snapshot and the history tell of. Throws nothing: what cannot be told apart counts as somebody
   * else's until the next round.
   * @param busy guests that are followed already, asked for right before something is adopted
   */
  async adopt(snapshot: ClusterSnapshot, busy: () => ReadonlySet<GuestId>): Promise<void> {
    for (const orphan of this.#remembered(snapshot)) this.#begin(orphan, snapshot, busy());
    for (const found of await this.#find(snapshot, busy())) {
      const orphan = this.#recognized(found);
      if (orphan !== undefined) this.#begin(orphan, snapshot, busy());
    }
  }

  /** What the history says was begun, and of which Proxmox VE had named the task. */
  #remembered({ tasks }: ClusterSnapshot): readonly Orphan[] {
    return this.#parts.memory.history.moves.flatMap((move) => {
      const { task: id, guest, from, to, startedAt, outcome } = move;
      if (outcome !== 'running' || id === undefined) return [];
      if (this.#lost.has(id) && !tasks.some((task) => task.guest === guest && isMigrationTask(task))) return [];
      return [{ task: { id, node: from, guest, startedAt }, from, to, startedAt, by: 'history' as const }];
    });
  }

  async #find({ tasks }: ClusterSnapshot, busy: ReadonlySet<GuestId>): Promise<readonly FoundMigration[]> {
    const { migrator, log, signal } = this.#parts;
    const strange = (task: ClusterTask): boolean =>
      isMigrationTask(task) && task.guest !== undefined && !busy.has(task.guest) && !this.#adopted.has(task.guest);
    const candidates = tasks.filter(strange);
    if (candidates.length === 0) return [];
    try {
      return await migrator.find(candidates, { signal });
    } catch (error) {
      log.warn({ code: codeOf(error) }, `whose migrations run is not known: ${describeError(error)}`);
      return [];
    }
  }

  /** A migration under our identity: one that was written down before its request, or one that the history misses. */
  #recognized({ task, to, request }: FoundMigration): Orphan | undefined {
    const { clock, memory } = this.#parts;
    const { moves } = memory.history;
    const ids = [task.id, request];
    // The list of tasks was read before the end of one of ours.
    if (moves.some((move) => move.task !== undefined && ids.includes(move.task) && move.outcome !== 'running')) {
      return undefined;
    }
    const isIntent = (move: MoveRecord): boolean =>
      move.guest === task.guest && move.outcome === 'running' && move.from === task.node && move.to === to;
    const intent = moves.find(isIntent);
    // The node's clock may be ahead.
    const startedAt = intent?.startedAt ?? Math.min(clock.now(), task.startedAt);
    return { task, from: task.node, to, startedAt, by: intent === undefined ? 'identity' : 'history' };
  }

  #begin({ task, from, to, startedAt, by }: Orphan, snapshot: ClusterSnapshot, busy: ReadonlySet<GuestId>): void {
    const guest: Guest | undefined = snapshot.guests.find(({ id }) => id === task.guest);
    if (guest === undefined || busy.has(guest.id) || this.#adopted.has(guest.id)) return;
    const { log, metrics, signal } = this.#parts;
    if (signal.aborted) return;
    const report: StepReport = {
      step: adoptedStep(guest, from, to, snapshot),
      state: 'running',
      task: task.id,
      startedAt,
      adopted: by,
    };
    log.info({ guest: guest.id, from, to, task: task.id, by }, 'adopted a migration that was found running');
    metrics?.recordAdoption(by);
    metrics?.recordMigration(report);
    const ended = recordStep(report, this.#parts).then(() => this.#follow(task, report));
    this.#adopted.set(guest.id, { report, ended });
  }

  async #follow(task: MigrationTask, adopted: StepReport): Promise<void> {
    const { clock, signal, log, settings, onProgress } = this.#parts;
    const { guest } = task;
    try {
      const { step, startedAt = clock.now() } = adopted;
      const policy = settings?.execution === undefined ? {} : { policy: settings.execution };
      const outcome = await followInTime(
        task,
        { step, startedAt },
        { ...this.#parts, ...policy },
        {
          signal,
          onProgress: (progress) => {
            const report = this.#change(guest, { progress });
            if (report !== undefined) onProgress?.(report);
          },
          overdue: (overdue) => {
            const report = this.#change(guest, { overdue });
            if (report !== undefined) void recordOverdue(report, this.#parts);
          },
        },
      );
      const { result, detail } = outcome;
      const end = result === 'done' ? ({ state: 'verifying' } as const) : { state: result, detail };
      await this.#end(guest, { ...end, outcome, endedAt: clock.now() });
    } catch (error) {
      if (!signal.aborted) {
        this.#lost.add(task.id);
        log.warn({ guest, task: task.id, code: codeOf(error) }, `lost sight of a migration: ${describeError(error)}`);
      }
      this.#adopted.delete(guest);
    }
  }

  async #end(guest: GuestId, change: Partial<StepReport>): Promise<void> {
    const report = this.#change(guest, change);
    this.#adopted.delete(guest);
    if (report !== undefined) await recordStep(report, this.#parts);
  }

  #change(guest: GuestId, change: Partial<StepReport>): StepReport | undefined {
    const entry = this.#adopted.get(guest);
    if (entry === undefined) return undefined;
    const { report } = entry;
    entry.report = { ...report, ...change, state: advanceStep(report.state, change.state ?? report.state) };
    return entry.report;
  }
}
