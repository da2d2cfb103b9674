import type { Budgets, Instant, Milliseconds, RoundReport, TimeSpan } from '@ballast/core';
import { Cron } from 'croner';

/** Whether migrations may begin at a moment, by the windows and blackouts of the budgets. */
export type Opening =
  | { readonly open: true }
  | {
      readonly open: false;
      /** Whether a blackout holds; else it is no window's time. */
      readonly blackout: boolean;
      /** When migrations may begin again; absent where that is not within a year. */
      readonly opensAt?: Instant;
    };

type Times = Pick<Budgets, 'windows' | 'blackouts' | 'timezone'>;

const YEAR: Milliseconds = 366 * 86_400_000;
/** Ends and beginnings that are gone through in search of the next opening. */
const MOST_STEPS = 1000;

/**
 * Whether migrations may begin now. Where windows are stated, any of them has to be open; a blackout closes whatever is
 * open. Pure: a window begins at each time that its cron expression names in the time zone, and lasts its duration.
 */
export function openingAt(times: Times, now: Instant): Opening {
  const closed = closureAt(times, now);
  if (closed === undefined) return { open: true };
  const { blackout } = closed;
  let { until } = closed;
  for (let step = 0; until !== undefined && until < now + YEAR && step < MOST_STEPS; step++) {
    const next = closureAt(times, until);
    if (next === undefined) return { open: false, blackout, opensAt: until };
    until = next.until;
  }
  return { open: false, blackout };
}

/** What a round reports of windows that are closed; nothing where migrations may begin. */
export function closedAt(times: Times, now: Instant): Pick<RoundReport, 'closed'> {
  const opening = openingAt(times, now);
  if (opening.open) return {};
  return { closed: opening.opensAt === undefined ? {} : { opensAt: opening.opensAt } };
}

/** What keeps migrations from beginning at a moment, and when to look again; nothing where they may begin. */
function closureAt(
  { windows = [], blackouts = [], timezone }: Times,
  at: Instant,
): { readonly blackout: boolean; readonly until: Instant | undefined } | undefined {
  const ends = blackouts.flatMap((span) => endOf(span, at, timezone) ?? []);
  if (ends.length > 0) return { blackout: true, until: Math.max(...ends) };
  if (windows.length === 0 || windows.some((span) => endOf(span, at, timezone) !== undefined)) return undefined;
  const starts = windows.flatMap((span) => cronOf(span, timezone).nextRun(new Date(at))?.getTime() ?? []);
  return { blackout: false, until: starts.length === 0 ? undefined : Math.min(...starts) };
}

/** The end of the span that a moment lies in; nothing where it lies in none. */
function endOf(span: TimeSpan, at: Instant, timezone: string | undefined): Instant | undefined {
  // Runs before a moment are told, not one at it: a span begins with its first moment.
  const [begun] = cronOf(span, timezone).previousRuns(1, new Date(at + 1));
  const end = begun === undefined ? undefined : begun.getTime() + span.duration;
  return end !== undefined && end > at ? end : undefined;
}

/** Reading an expression takes longer than asking it. */
const READ = new WeakMap<TimeSpan, Cron>();

function cronOf(span: TimeSpan, timezone = 'UTC'): Cron {
  const known = READ.get(span);
  if (known !== undefined && known.options.timezone === timezone) return known;
  const read = new Cron(span.cron, { timezone, paused: true });
  READ.set(span, read);
  return read;
}
