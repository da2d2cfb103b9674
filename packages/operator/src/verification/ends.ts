import type { ClusterSnapshot, History, MoveRecord, StepReport } from '@ballast/core';
import type { Logger, Metrics } from '@ballast/telemetry';
import { adoptedStep } from '../adoption/step.ts';

export interface EndsParts {
  readonly log: Logger;
  readonly metrics?: Pick<Metrics, 'recordMigration' | 'recordVerification'>;
}

/** The history with these records in the place of their older selves. */
export function withMoves(history: History, changed: readonly MoveRecord[]): History {
  if (changed.length === 0) return history;
  const newer = new Map(changed.map((move) => [keyOf(move), move]));
  return { ...history, moves: history.moves.map((move) => newer.get(keyOf(move)) ?? move) };
}

/**
 * Tells the log and the metrics what a round has learnt of migrations that nobody follows: how they ended, and what arrivals
 * brought. @returns a report of each
 */
export function tellEnds(
  before: History,
  after: History,
  snapshot: ClusterSnapshot,
  parts: EndsParts,
): readonly StepReport[] {
  const now = new Map(after.moves.map((move) => [keyOf(move), move]));
  return before.moves.flatMap((old): readonly StepReport[] => {
    const move = now.get(keyOf(old));
    if (move === undefined) {
      if (old.state === 'draining') parts.log.info({ guest: old.guest }, 'released a step that was never asked for');
      return [];
    }
    if (move === old) return [];
    const report = reportOf(move, snapshot);
    if (report === undefined) return [];
    tellEnd(old, move, report, parts);
    return [report];
  });
}

function tellEnd(old: MoveRecord, move: MoveRecord, report: StepReport, { log, metrics }: EndsParts): void {
  const { guest, from, to, task, detail, verified } = move;
  const fields = { guest, from, to, state: move.state, task, detail };
  if (old.outcome === 'running') {
    metrics?.recordMigration(report);
    if (move.outcome === 'done') log.info(fields, 'a migration that nobody followed has arrived');
    else log.warn(fields, 'a migration that nobody followed has not come about');
  }
  if (verified !== undefined && old.verified === undefined) {
    metrics?.recordVerification(verified);
    if (verified.kept) log.info({ ...fields, verified }, 'a migration brought what was projected');
    else log.warn({ ...fields, verified }, 'a migration did not bring what was projected');
  }
}

/** As far as the history knows it; nothing for a guest that is gone. */
function reportOf(move: MoveRecord, snapshot: ClusterSnapshot): StepReport | undefined {
  const guest = snapshot.guests.find(({ id }) => id === move.guest);
  if (guest === undefined || move.state === undefined) return undefined;
  const { from, to, startedAt, endedAt, task, detail, reason, why } = move;
  const step = adoptedStep(guest, from, to, snapshot);
  return {
    step: { ...step, ...(reason === undefined ? {} : { reason }), ...(why === undefined ? {} : { why }) },
    state: move.state,
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(task === undefined ? {} : { task }),
    ...(detail === undefined || move.outcome === 'done' ? {} : { detail }),
  };
}

function keyOf({ guest, startedAt }: MoveRecord): string {
  return `${guest} ${startedAt}`;
}
