import { type Instant, type Orders, pauseAt } from '@ballast/core';
import { formatInstant } from '../quantities.ts';

/** What stands by order of a person, a sentence or two for each order. */
export function orderNotes(orders: Orders, now: Instant): readonly string[] {
  const pause = pauseAt(orders, now);
  const drains = orders.drains.map(
    ({ node, by, since, reason }) =>
      `${node} is drained by order of ${by}, since ${formatInstant(since)}${because(reason)}: its guests go elsewhere, and none comes.`,
  );
  if (pause === undefined) return drains;
  const { by, since, until, reason, weights } = pause;
  const end = until === undefined ? 'until `ballast resume`' : `until ${formatInstant(until)}`;
  const kept = weights
    ? 'Nothing is migrated, and weights stay as they are'
    : 'Nothing is migrated; weights follow the load';
  return [`Paused by ${by} since ${formatInstant(since)}, ${end}${because(reason)}. ${kept}.`, ...drains];
}

/** Why no migration begins now, and when one may. */
export function openingNote({ blackout, opensAt }: { readonly blackout: boolean; readonly opensAt?: Instant }): string {
  const why = blackout ? 'A blackout holds (budgets.blackouts)' : 'No window is open (budgets.windows)';
  const when = opensAt === undefined ? 'and none opens within a year' : `until ${formatInstant(opensAt)}`;
  return `${why}: no migration begins ${when}. What runs goes on, and weights follow the load.`;
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : ` (${reason})`;
}
