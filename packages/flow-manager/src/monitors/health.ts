import type { Instant, Milliseconds, Monitor, Ratio } from '@ballast/core';

/** What is known of a member's health. A value: {@link judge} makes the next one. */
export interface Health {
  /** `unknown` until the first probe has ended; such a member takes connections. */
  readonly state: 'unknown' | 'up' | 'down';
  /** Results in a row that speak against the state. */
  readonly streak: number;
  /** When it came to be in this state. */
  readonly since: Instant;
  /** It was down before: its weight grows by and by. */
  readonly returned: boolean;
  /** Why the last probe failed, for a person. */
  readonly reason?: string;
}

/** What a probe found. */
export type ProbeResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** The least part of its weight that a returning member has. */
export const FIRST_RAMP: Ratio = 0.1;

export function unknownHealth(now: Instant): Health {
  return { state: 'unknown', streak: 0, since: now, returned: false };
}

/**
 * The health after one more result:
 *
 *     unknown  any result                      up or down
 *     up       maxRetriesDown failures running down
 *     down     maxRetries successes running    up, returned
 *
 * A result that agrees with the state begins the count anew.
 */
export function judge(health: Health, result: ProbeResult, monitor: Monitor, now: Instant): Health {
  const { reason: _, ...rest } = health;
  const reason = result.ok ? {} : { reason: result.reason };
  const found = result.ok ? 'up' : 'down';
  if (health.state === 'unknown') return { state: found, streak: 0, since: now, returned: false, ...reason };
  if (health.state === found) return { ...rest, streak: 0, ...reason };
  const streak = health.streak + 1;
  const needed = Math.max(1, result.ok ? monitor.maxRetries : monitor.maxRetriesDown);
  if (streak < needed) return { ...rest, streak, ...reason };
  return { state: found, streak: 0, since: now, returned: result.ok, ...reason };
}

/** The part of its weight that a member has: a returning one goes from {@link FIRST_RAMP} to 1 over `slowStart`. */
export function rampOf(health: Health, now: Instant, slowStart: Milliseconds): Ratio {
  if (!health.returned || health.state !== 'up' || slowStart <= 0) return 1;
  return Math.min(1, Math.max(FIRST_RAMP, (now - health.since) / slowStart));
}

/** The longest time from a member's death to its being `down`: it died right after a probe, and probes run out of time. */
export function detectionWindow(monitor: Monitor): Milliseconds {
  return Math.max(1, monitor.maxRetriesDown) * Math.max(monitor.delay, monitor.timeout) + monitor.timeout;
}
