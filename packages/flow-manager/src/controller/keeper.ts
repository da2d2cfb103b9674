import type { Clock, Milliseconds } from '@ballast/core';
import type { Datapath } from '../datapath/datapath.ts';
import type { DesiredState } from '../desired.ts';
import type { Outcome } from '../reconcile/reconcile.ts';
import type { Few, Turns } from './turns.ts';

export interface KeeperOptions {
  readonly datapath: Datapath;
  readonly clock: Clock;
  /** Shared with the keepers of other switches: when work may begin, and how many look unasked at once. */
  readonly turns: Turns;
  readonly looks: Few;
  /** What is wanted, asked anew each time. */
  readonly desired: () => DesiredState | undefined;
  readonly recheckInterval: Milliseconds;
  readonly retryInterval: Milliseconds;
  readonly verifyDelay: Milliseconds;
  readonly reconciled: (outcome: Outcome) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Keeps one switch at what is wanted. It _pushes_ when told that what is wanted has changed: by what is known of the
 * switch, without reading it. It _looks_, that is reads the switch and reads it back, at first, now and then, after a
 * failure, and soon after pushes or doubts: when none has come for `verifyDelay`. Calls that come while one is under way
 * share the next one.
 */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #end = new AbortController();
  #running: Promise<Outcome | undefined> | undefined;
  #next: Promise<Outcome | undefined> | undefined;
  /** The next one reads, because one of those who share it wants it so. */
  #nextLooks = false;
  #failures = 0;
  #wake = new AbortController();
  /** The switch was changed, or is in doubt, since it was last read. */
  #unverified = false;
  /** While a verification waits for its time: whether there was another push or doubt meanwhile. */
  #verifying: { again: boolean } | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Begins to look now and then. Resolves after `stop`. */
  async run(): Promise<void> {
    const { clock, failed, looks } = this.#options;
    await this.reconcile().catch(failed);
    while (!this.#ended) {
      this.#wake = new AbortController();
      const woken = await clock.sleep(this.#pause(), this.#wake.signal).then(
        () => false,
        () => true,
      );
      // Woken by a failure: the pause before the next try is another now.
      if (!woken) await looks.run(() => this.reconcile()).catch(failed);
    }
  }

  stop(): void {
    this.#end.abort();
    this.#wake.abort();
  }

  /** Looks, with what is wanted at the moment it begins. `undefined`: nothing is wanted of this switch. */
  reconcile(): Promise<Outcome | undefined> {
    this.#nextLooks = true;
    return this.push();
  }

  /** Brings the switch to what is wanted at the moment it begins; reads it only if it is not known. */
  push(): Promise<Outcome | undefined> {
    this.#next ??= this.#afterRunning();
    return this.#next;
  }

  /** The switch may have other rows than it was known to have. */
  doubt(): void {
    this.#unverified = true;
    void this.#verifySoon();
  }

  get #ended(): boolean {
    return this.#end.signal.aborted;
  }

  async #afterRunning(): Promise<Outcome | undefined> {
    await this.#running?.catch(() => undefined);
    await this.#options.turns.next();
    this.#next = undefined;
    this.#running = this.#once(this.#nextLooks);
    this.#nextLooks = false;
    return this.#running;
  }

  async #once(look: boolean): Promise<Outcome | undefined> {
    const { datapath, desired, reconciled } = this.#options;
    try {
      const wanted = desired();
      // Who is a slave looks on: the master writes.
      if (wanted === undefined || datapath.role === 'slave' || this.#ended) return undefined;
      if (look) this.#unverified = false;
      const outcome = await (look ? datapath.apply(wanted) : datapath.push(wanted));
      this.#failures = 0;
      if (!outcome.verified) this.doubt();
      reconciled(outcome);
      return outcome;
    } catch (error) {
      this.#failures += 1;
      // Sooner than the next look that was due.
      this.#wake.abort();
      throw error;
    }
  }

  /** Looks when no push and no doubt has come for a while. Endless ones end with the next look that is due anyway. */
  async #verifySoon(): Promise<void> {
    if (this.#verifying !== undefined) {
      this.#verifying.again = true;
      return;
    }
    const { clock, verifyDelay, looks, failed } = this.#options;
    const verifying = { again: false };
    this.#verifying = verifying;
    try {
      do {
        verifying.again = false;
        await clock.sleep(verifyDelay, this.#end.signal);
      } while (verifying.again);
    } catch {
      // Stopped.
      return;
    } finally {
      this.#verifying = undefined;
    }
    // Somebody may have looked meanwhile.
    const look = async (): Promise<unknown> => (this.#unverified ? this.reconcile() : undefined);
    await looks.run(look).catch(failed);
  }

  #pause(): Milliseconds {
    const { recheckInterval, retryInterval } = this.#options;
    if (this.#failures === 0) return recheckInterval;
    return Math.min(recheckInterval, retryInterval * 2 ** Math.min(this.#failures - 1, 16));
  }
}
