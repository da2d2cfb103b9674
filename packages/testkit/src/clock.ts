import type { Clock, Instant, Milliseconds } from '@ballast/core';

interface Sleeper {
  readonly wakesAt: Instant;
  readonly order: number;
  readonly wake: () => void;
}

/** Time that moves only when it is told to. Sleepers wake in the order of their times. */
export class VirtualClock implements Clock {
  #now: Instant;
  #order = 0;
  #sleepers: Sleeper[] = [];
  readonly #settle: () => Promise<void>;

  /**
   * @param start first instant
   * @param settle waits until nothing runs but sleepers; by default a few turns of the event loop
   */
  constructor(start: Instant = Date.UTC(2026, 0, 5), settle: () => Promise<void> = eventLoopTurns) {
    this.#now = start;
    this.#settle = settle;
  }

  now(): Instant {
    return this.#now;
  }

  sleep(duration: Milliseconds, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper: Sleeper = {
        wakesAt: this.#now + Math.max(0, duration),
        order: this.#order++,
        wake: () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        },
      };
      const abort = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#sleepers.push(sleeper);
    });
  }

  /** How many sleep now. */
  get sleepers(): number {
    return this.#sleepers.length;
  }

  /** Moves time on by `duration`, waking each sleeper at its own instant and letting what it does settle. */
  async advance(duration: Milliseconds): Promise<void> {
    const end = this.#now + duration;
    await this.#settle();
    for (;;) {
      const next = this.#sleepers
        .filter((sleeper) => sleeper.wakesAt <= end)
        .sort((a, b) => a.wakesAt - b.wakesAt || a.order - b.order)[0];
      if (next === undefined) break;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.wakesAt);
      next.wake();
      await this.#settle();
    }
    this.#now = end;
  }
}

/** Lets promises and immediate callbacks that are ready run. */
export async function eventLoopTurns(turns = 3): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
