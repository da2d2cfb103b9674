import type { Clock, Milliseconds } from '@ballast/core';

/**
 * Lets one in for each turn of the event loop, in the order in which they asked. Between two turns all sockets are read:
 * however many switches get a change, nobody's echo waits longer than the work for one of them takes.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #scheduled = false;

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#waiting.shift()?.();
      this.#schedule();
    });
  }
}

/**
 * Lets a few do what can wait at the same time, so that what is urgent finds most switches idle. Who takes longer than
 * `patience` is not counted any more: a switch that does not answer keeps nobody else from being looked at.
 */
export class Few {
  readonly #most: number;
  readonly #clock: Clock;
  readonly #patience: Milliseconds;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(most: number, clock: Clock, patience: Milliseconds) {
    this.#most = most;
    this.#clock = clock;
    this.#patience = patience;
  }

  /** Rejects as `work` does. */
  async run(work: () => Promise<unknown>): Promise<void> {
    if (this.#inside < this.#most) this.#inside += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const done = new AbortController();
    const leaving = this.#clock.sleep(this.#patience, done.signal).catch(() => undefined);
    void leaving.then(() => this.#leave());
    try {
      await work();
    } finally {
      done.abort();
    }
  }

  /** Who waited longest takes the place. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#inside -= 1;
    else next();
  }
}
