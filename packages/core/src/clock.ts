import type { Instant, Milliseconds } from './units.ts';

/** Time, injected. Nothing outside the composition roots reads a clock of its own. */
export interface Clock {
  /** Runs steadily, and after the wall clock slowly where that was set: ages, rests and time-outs are counted by it. */
  now(): Instant;
  /** The wall clock: what people name by the hour is told by it. Left out where it is `now`. */
  wall?(): Instant;
  /**
   * When, by `now`, the wall clock was last seen to leap: it was set, or the machine was suspended and what was seen
   * before is older than `now` tells. Left out where that cannot be.
   */
  leaptAt?(): Instant;
  /** Resolves after `duration`; rejects with the signal's reason when it is aborted first. */
  sleep(duration: Milliseconds, signal?: AbortSignal): Promise<void>;
}

/** What the wall clock says, for windows and for what people wrote down. */
export function wallOf(clock: Clock): Instant {
  return clock.wall?.() ?? clock.now();
}
