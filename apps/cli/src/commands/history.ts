import { BallastError, type MoveRecord } from '@ballast/core';
import { renderHistory } from '@ballast/report';
import { type Io, styleOf } from '../io.ts';
import type { Session } from '../session.ts';

export interface HistoryOptions {
  readonly output: string;
  readonly why?: true;
  readonly guest?: string;
}

/** Migrations of the last week: what was moved, when, why, by whom, and how it ended. */
export function history({ memory, historyFault }: Session, io: Io, { output, why, guest }: HistoryOptions): number {
  if (historyFault !== undefined) throw new BallastError('history-unread', historyFault);
  const { moves } = memory.history;
  const shown = guest === undefined ? moves : moves.filter((move) => isOf(move, guest));
  if (guest !== undefined && shown.length === 0) {
    io.stdout.write(`No migration of ${guest} in the last week.\n`);
    return 0;
  }
  const text =
    output === 'json'
      ? `${JSON.stringify({ schema: 'ballast-history/1', moves: shown }, null, 2)}\n`
      : renderHistory(shown, why === true, styleOf(io.stdout, io.env));
  io.stdout.write(text);
  return 0;
}

function isOf({ guest, name }: MoveRecord, asked: string): boolean {
  return String(guest) === asked || name === asked;
}
