import { BallastError, type Instant, type MoveRecord } from '@ballast/core';
import { renderHistory, renderOrderLog, renderPlanRecord } from '@ballast/report';
import { type Io, styleOf } from '../io.ts';
import type { Session } from '../session.ts';

export interface HistoryOptions {
  readonly output: string;
  readonly why?: true;
  readonly guest?: string;
  readonly plan?: string;
  readonly orders?: true;
}

/** What was done in the last week: migrations, plans, and orders; when, why, by whom, and how it ended. */
export function history(session: Session, io: Io, options: HistoryOptions): number {
  const { memory, historyFault, orders } = session;
  if (historyFault !== undefined) throw new BallastError('history-unread', historyFault);
  const style = styleOf(io.stdout, io.env);
  const { moves, plans = [] } = memory.history;
  const log = orders.log ?? [];
  const { output, guest } = options;
  if (options.plan !== undefined) return print(io, ofPlan(options.plan, session, style), output);
  if (options.orders === true) {
    return print(io, { document: { orders: log }, text: renderOrderLog(log, style) }, output);
  }
  const shown = guest === undefined ? moves : moves.filter((move) => isOf(move, guest));
  if (guest !== undefined && shown.length === 0) {
    io.stdout.write(`No migration of ${guest} in the last week.\n`);
    return 0;
  }
  const whole = guest === undefined ? { plans, orders: log } : {};
  const text = renderHistory(shown, options.why === true, style);
  return print(io, { document: { moves: shown, ...whole }, text }, output);
}

interface Told {
  readonly document: object;
  readonly text: string;
}

function print(io: Io, { document, text }: Told, output: string): number {
  io.stdout.write(
    output === 'json' ? `${JSON.stringify({ schema: 'ballast-history/1', ...document }, null, 2)}\n` : text,
  );
  return 0;
}

/** Everything that is known of a plan by its id, or by the beginning of it; each time that it was carried out. */
function ofPlan(asked: string, { memory, orders }: Session, style: ReturnType<typeof styleOf>): Told {
  const { moves, plans = [], proposals = [] } = memory.history;
  const ids = new Set([...plans, ...proposals].map(({ id }) => id).filter((id) => id.startsWith(asked)));
  const [id] = ids;
  if (id === undefined || asked === '') {
    throw new BallastError('plan-unknown', `Expected the id of a plan of the last week, got ${asked}.`, {
      hint: '`ballast history --why` tells the plan of each migration.',
    });
  }
  if (ids.size > 1) {
    throw new BallastError('plan-ambiguous', `Expected the id of one plan, got ${asked}, which ${ids.size} have.`, {
      hint: `Say more of it: ${[...ids].join(', ')}.`,
    });
  }
  const carried = plans.filter((plan) => plan.id === id);
  const own = moves.filter(({ plan }) => plan === id);
  const ordered = (orders.log ?? []).filter(({ plan }) => plan === id);
  const texts = carried.map((plan, n) =>
    renderPlanRecord(plan, { moves: since(own, plan.beganAt, carried[n + 1]?.beganAt), orders: ordered }, style),
  );
  const proposal = proposals.find((entry) => entry.id === id);
  const text = texts.length > 0 ? texts.join('\n') : `Plan ${id} was proposed, and was not carried out.\n`;
  return {
    document: { plans: carried, ...(proposal === undefined ? {} : { proposal }), moves: own, orders: ordered },
    text,
  };
}

function since(moves: readonly MoveRecord[], from: Instant, to = Number.POSITIVE_INFINITY): readonly MoveRecord[] {
  return moves.filter(({ startedAt }) => startedAt >= from && startedAt < to);
}

function isOf({ guest, name }: MoveRecord, asked: string): boolean {
  return String(guest) === asked || name === asked;
}
