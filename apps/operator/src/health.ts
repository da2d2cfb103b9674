import type { Clock, Instant, Milliseconds, RoundReport } from '@ballast/core';

/** Rounds may be late by this much before the operator calls itself ill, however short its schedule. */
const LEAST_PATIENCE: Milliseconds = 120_000;

/** Judges the operator by the reports of its rounds. */
export class Health {
  readonly #clock: Clock;
  #since: Instant;
  #standsBy = false;
  #newest: RoundReport | undefined;
  #gap: Milliseconds = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** Another operator leads: rounds are not expected here. */
  standBy(): void {
    this.#standsBy = true;
  }

  /** Rounds are expected from now on; those of an earlier term count no more. */
  lead(): void {
    this.#standsBy = false;
    this.#newest = undefined;
    this.#gap = 0;
    this.#since = this.#clock.now();
  }

  record(report: RoundReport): void {
    if (this.#newest !== undefined) this.#gap = report.startedAt - this.#newest.startedAt;
    this.#newest = report;
  }

  /** No round has ended for three times as long as rounds were apart: the loop hangs. */
  unhealthy(): string | undefined {
    if (this.#standsBy) return undefined;
    const newest = this.#newest;
    const since = this.#clock.now() - (newest === undefined ? this.#since : newest.startedAt + newest.duration);
    if (since <= Math.max(LEAST_PATIENCE, 3 * this.#gap)) return undefined;
    return `no round has ended for ${Math.round(since / 1000)} s`;
  }

  /** The newest round failed, or there was none yet. */
  unready(): string | undefined {
    if (this.#standsBy) return undefined;
    const newest = this.#newest;
    if (newest === undefined) return 'no round has ended yet';
    if (newest.failure !== undefined) return `the newest round failed: ${newest.failure.code}`;
    return this.unhealthy();
  }
}
