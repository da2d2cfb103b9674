import type { Instant, Milliseconds } from '@ballast/core';

/** How fast it goes after a wall clock that was set: five hundredths of the time that passes. */
const PACE = 0.05;
/** NTP slews a clock by a fraction of this between two readings; what is more was set, or the machine has slept. */
const LEAP: Milliseconds = 1000;

export interface TimeSources {
  /** The wall clock, which may be set at any time, ahead or back. */
  readonly wall: () => Instant;
  /** Time since some moment, which is never set. On Linux it stands still while the machine is suspended. */
  readonly steady: () => Milliseconds;
}

/**
 * Instants that never leap and never run backwards. It begins with the wall clock, runs with the steady one, and goes
 * after the wall clock at no more than `PACE` where the two disagree: an age that is counted by it is right within that.
 */
export class SteadyTime {
  readonly #sources: TimeSources;
  #steady: Milliseconds;
  #now: Instant;
  /** How far the wall clock is ahead of it. */
  #ahead: Milliseconds = 0;
  #leaptAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(sources: TimeSources) {
    this.#sources = sources;
    this.#steady = sources.steady();
    this.#now = sources.wall();
  }

  /** Whole milliseconds. */
  now(): Instant {
    const steady = this.#sources.steady();
    const passed = Math.max(0, steady - this.#steady);
    const ahead = this.#sources.wall() - (this.#now + passed);
    const most = passed * PACE;
    const followed = Math.min(most, Math.max(-most, ahead));
    this.#steady = steady;
    this.#now += passed + followed;
    if (Math.abs(ahead - this.#ahead) > LEAP) this.#leaptAt = this.#now;
    this.#ahead = ahead - followed;
    return Math.floor(this.#now);
  }

  /** When the wall clock was last seen to leap, by `now`: nobody can tell whether it was set, or the machine slept. */
  leaptAt(): Instant {
    this.now();
    return this.#leaptAt;
  }
}
