import type { Clock, StepReport } from '@ballast/core';
import type { Logger, Metrics } from '@ballast/telemetry';
import type { Memory } from '../rounds/memory.ts';
import { type Asked, recordMove } from './moves.ts';

export interface RecordParts {
  readonly log: Logger;
  readonly memory: Memory;
  readonly clock: Clock;
  readonly asked?: Asked;
  readonly metrics?: Pick<Metrics, 'recordMigration'>;
  /** Told of each change and of progress. */
  readonly onProgress?: (step: StepReport) => void;
}

/** Takes a change of a step to the log, the history and the metrics. */
export async function recordStep(report: StepReport, parts: RecordParts): Promise<void> {
  const { log, memory, clock, metrics, onProgress } = parts;
  const { step, state, detail, task } = report;
  const fields = { guest: step.guest, from: step.from, to: step.to, state, task, detail };
  if (state === 'failed' || state === 'aborted') log.warn(fields, 'migration did not go as planned');
  else log.info(fields, `migration ${state}`);
  if (state !== 'skipped') {
    memory.update((history) => recordMove(history, report, clock.now(), parts.asked));
    const save = memory.save();
    // On disk before the request goes out: after a crash the record tells what was begun. Later records are written
    // again by the round, which reports what keeps them from it.
    await (state === 'running' && task === undefined ? save : save.catch(() => undefined));
  }
  // A migration that is lost sight of has not ended: it is counted once it is known how it did.
  const lost = state === 'aborted' && report.outcome === undefined;
  if (!lost && (report.endedAt !== undefined || state === 'skipped')) metrics?.recordMigration(report);
  onProgress?.(report);
}
