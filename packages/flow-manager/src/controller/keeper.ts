import type { Clock, Milliseconds } from '@ballast/core';
import type { Datapath } from '../datapath/datapath.ts';
import type { DesiredState } from '../desired.ts';
import type { Outcome } from '../reconcile/reconcile.ts';

export interface KeeperOptions {
  readonly datapath: Datapath;
  readonly clock: Clock;
  /** What is wanted, asked anew each time. */
  readonly desired: () => DesiredState | undefined;
  readonly recheckInterval: Milliseconds;
  readonly retryInterval: Milliseconds;
  readonly reconciled: (outcome: Outcome) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Keeps one switch at what is wanted: now and then, and at once when told that it changed. Calls that come while one is
 * under way share the next one.
 */
export class Keeper {
  readonly #options: KeeperOptions;
  #ended = false;
  #running: Promise<Outcome | undefined> | undefined;
  #next: Promise<Outcome | undefined> | undefined;
  #failures = 0;
  #wake = new AbortController();

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Begins to look now and then. Resolves after `stop`. */
  async run(): Promise<void> {
    const { clock, failed } = this.#options;
    await this.reconcile().catch(failed);
    while (!this.#ended) {
      this.#wake = new AbortController();
      const woken = await clock.sleep(this.#pause(), this.#wake.signal).then(
        () => false,
        () => true,
      );
      // Woken by a failure: the pause before the next try is another now.
      if (!woken) await this.reconcile().catch(failed);
    }
  }

  stop(): void {
    this.#ended = true;
    this.#wake.abort();
  }

  /** Looks now, with what is wanted at the moment it begins. `undefined`: nothing is wanted of this switch. */
  reconcile(): Promise<Outcome | undefined> {
    if (this.#next !== undefined) return this.#next;
    const before = this.#running;
    if (before === undefined) return this.#begin();
    const next = before
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#begin();
      });
    this.#next = next;
    return next;
  }

  #begin(): Promise<Outcome | undefined> {
    const running = this.#once().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #once(): Promise<Outcome | undefined> {
    const { datapath, desired, reconciled } = this.#options;
    try {
      const wanted = desired();
      // Who is a slave looks on: the master writes.
      if (wanted === undefined || datapath.role === 'slave' || this.#ended) return undefined;
      const outcome = await datapath.apply(wanted);
      this.#failures = 0;
      reconciled(outcome);
      return outcome;
    } catch (error) {
      this.#failures += 1;
      // Sooner than the next look that was due.
      this.#wake.abort();
      throw error;
    }
  }

  #pause(): Milliseconds {
    const { recheckInterval, retryInterval } = this.#options;
    if (this.#failures === 0) return recheckInterval;
    return Math.min(recheckInterval, retryInterval * 2 ** Math.min(this.#failures - 1, 16));
  }
}
