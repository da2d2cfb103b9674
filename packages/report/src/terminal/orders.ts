import { type Approval, approvalsAt, type History, type Instant, type Orders, pauseAt } from '@ballast/core';
import { count, formatInstant } from '../quantities.ts';

/** What stands by order of a person, a sentence or two for each order. */
export function orderNotes(orders: Orders, now: Instant): readonly string[] {
  const pause = pauseAt(orders, now);
  const drains = orders.drains.map(
    ({ node, by, since, reason }) =>
      `${node} is drained by order of ${by}, since ${formatInstant(since)}${because(reason)}: its guests go elsewhere, and none comes.`,
  );
  if (pause === undefined) return drains;
  const { by, since, until, reason, weights, abort } = pause;
  const stopped = abort === true ? ', and what runs is stopped' : '';
  const end = until === undefined ? 'until `ballast resume`' : `until ${formatInstant(until)}`;
  const kept = weights
    ? `Nothing is migrated${stopped}, and weights stay as they are`
    : `Nothing is migrated${stopped}; weights follow the load`;
  return [`Paused by ${by} since ${formatInstant(since)}, ${end}${because(reason)}. ${kept}.`, ...drains];
}

/** A plan that somebody has approved. */
export function approvalNote({ plan, by, since, until, reason }: Approval, steps: number): string {
  const what = `Plan ${plan} (${count(steps, 'migration')})`;
  return `${what} is approved by ${by} since ${formatInstant(since)}${because(reason)}. The operator begins it in its next round, or until ${formatInstant(until)} as soon as budgets allow.`;
}

/** The plans that wait for approval, newest last, and those that have it and were not begun yet. */
export function proposalNotes(
  { proposals = [], plans = [] }: History,
  orders: Orders,
  now: Instant,
): readonly string[] {
  const approvals = approvalsAt(orders, now).filter(
    ({ plan, since }) => !plans.some(({ id, approvedAt }) => id === plan && approvedAt === since),
  );
  const approved = approvals.map((approval) =>
    approvalNote(approval, proposals.find(({ id }) => id === approval.plan)?.steps.length ?? 0),
  );
  const newest = proposals.at(-1);
  if (newest === undefined || newest.seen <= now - WAITING || approvals.some(({ plan }) => plan === newest.id)) {
    return approved;
  }
  const { id, steps, since } = newest;
  const what = `Plan ${id} (${count(steps.length, 'migration')}, since ${formatInstant(since)})`;
  return [...approved, `${what} waits for approval: \`ballast approve ${id}\`.`];
}

/** A plan that the operator did not come to for so long does not wait any more. */
const WAITING = 5 * 60_000;

/** Why no migration begins now, and when one may. */
export function openingNote({ blackout, opensAt }: { readonly blackout: boolean; readonly opensAt?: Instant }): string {
  const why = blackout ? 'A blackout holds (budgets.blackouts)' : 'No window is open (budgets.windows)';
  const when = opensAt === undefined ? 'and none opens within a year' : `until ${formatInstant(opensAt)}`;
  return `${why}: no migration begins ${when}. What runs goes on, and weights follow the load.`;
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : ` (${reason})`;
}
