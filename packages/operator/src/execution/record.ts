import { type Clock, STEP_MACHINE, type StepReport } from '@ballast/core';
import type { Logger, Metrics } from '@ballast/telemetry';
import type { Memory } from '../rounds/memory.ts';
import { type Asked, recordMove, withdrawMove } from './moves.ts';

export interface RecordParts {
  readonly log: Logger;
  readonly memory: Memory;
  readonly clock: Clock;
  readonly asked?: Asked;
  readonly metrics?: Pick<Metrics, 'recordMigration' | 'recordOverdue'>;
  /** Told of each change and of progress. */
  readonly onProgress?: (step: StepReport) => void;
}

/** Takes it to the log, the history and the metrics that a migration takes longer than it might have. */
export async function recordOverdue(report: StepReport, parts: RecordParts): Promise<void> {
  const { log, memory, clock, metrics, asked, onProgress } = parts;
  const { step, task, overdue } = report;
  log.warn(
    { guest: step.guest, from: step.from, to: step.to, task, overdue },
    'a migration takes longer than it might',
  );
  memory.update((history) => recordMove(history, report, clock.now(), asked));
  metrics?.recordOverdue();
  onProgress?.(report);
  await memory.save().catch(() => undefined);
}

/** Takes a change of a step to the log, the history and the metrics. */
export async function recordStep(report: StepReport, parts: RecordParts): Promise<void> {
  const { log, memory, clock, metrics, onProgress } = parts;
  const { step, state, detail, task, startedAt } = report;
  const fields = { guest: step.guest, from: step.from, to: step.to, state, task, detail };
  if (TROUBLE.has(state)) log.warn(fields, 'migration did not go as planned');
  else log.info(fields, `migration ${state}`);
  if (state === 'skipped') memory.update((history) => withdrawMove(history, report));
  else if (startedAt !== undefined) {
    memory.update((history) => recordMove(history, report, clock.now(), parts.asked));
    const save = memory.save();
    // Saved before its effect: after a crash the record tells what was begun. Later records are written again by the
    // round, which reports what keeps them from it.
    await (STEP_MACHINE[state].durable ? save : save.catch(() => undefined));
  }
  if (COUNTED.has(state)) metrics?.recordMigration(report);
  onProgress?.(report);
}

const TROUBLE: ReadonlySet<string> = new Set(['failed', 'aborted', 'unknown']);
/** An arrival counts before it is verified; what is not known yet counts once it is. */
const COUNTED: ReadonlySet<string> = new Set(['verifying', 'failed', 'aborted', 'skipped']);
