import { type Clock, codeOf, describeError, type LeaseStore, type Milliseconds } from '@ballast/core';
import type { Logger } from '@ballast/telemetry';

export interface LeadershipOptions {
  readonly lease: LeaseStore;
  /** Names this operator; no other one, nor this one after a restart, has the same. */
  readonly holder: string;
  /** How long a lease lasts that is not prolonged. */
  readonly duration: Milliseconds;
  readonly clock: Clock;
  /** Milliseconds since any moment, on a clock that is never set: it runs on while the process is stopped. */
  readonly steady: () => Milliseconds;
  readonly log: Logger;
  /** Who waits for the lease asks this often at least; once a second when absent. */
  readonly wait?: Milliseconds;
  /** Told of each term: that this operator leads, under the token, and that it no longer does. */
  readonly changed: (token: bigint | undefined) => void;
}

/** Parts of the lease: it is prolonged when one has passed, and given up when one alone is left. */
const PARTS = 4;
/** Who waits for the lease asks this often at least, so that it is taken soon after it has ended. */
const LONGEST_WAIT: Milliseconds = 1_000;

/**
 * Whether this operator leads: it holds the lease, and has prolonged it lately. It steps down by its own clock, before the
 * lease ends at the store, so that there is never a moment at which two operators believe that they lead; but for one
 * that is stopped between {@link token} and what it does then (docs/adr/0007).
 */
export class Leadership {
  readonly #options: LeadershipOptions;
  readonly #ended = new AbortController();
  #term: { readonly token: bigint; until: Milliseconds } | undefined;
  #told: bigint | undefined;
  /** A term has ended before its lease did: the lease may still be this operator's. */
  #lapsed = false;
  #leader: string | undefined;
  #failing = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(options: LeadershipOptions) {
    this.#options = options;
  }

  /** The token of this operator's term; `undefined` where it must not act. */
  get token(): bigint | undefined {
    const term = this.#term;
    return term !== undefined && this.#options.steady() < term.until ? term.token : undefined;
  }

  /** Who leads, as far as is known. */
  get leader(): string | undefined {
    return this.token === undefined ? this.#leader : this.#options.holder;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Steps down, and gives the lease back so that another one need not wait for its end. */
  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#loop;
    const { lease, holder, log } = this.#options;
    const led = this.#term !== undefined;
    this.#term = undefined;
    this.#tell();
    if (!led) return;
    await lease.release(holder).catch((error: unknown) => {
      log.warn({ code: codeOf(error) }, `the lease was not given back, and ends by itself: ${describeError(error)}`);
    });
  }

  async #run(): Promise<void> {
    const { duration, clock, wait = LONGEST_WAIT } = this.#options;
    while (!this.#ended.signal.aborted) {
      await this.#ask();
      this.#tell();
      const usual = duration / PARTS;
      const pause = this.#term === undefined ? Math.min(usual, wait) : this.#failing ? usual / PARTS : usual;
      await clock.sleep(pause, this.#ended.signal).catch(() => undefined);
      this.#tell();
    }
  }

  async #ask(): Promise<void> {
    const { lease, holder, duration, steady, log } = this.#options;
    // Counted from before the question: the store begins to count later.
    const asked = steady();
    try {
      // Prolonged, it would keep its token: what the ended term still has on its way to the store would not be told apart.
      if (this.#lapsed) await lease.release(holder);
      this.#lapsed = false;
      const answer = await lease.hold(holder, duration);
      this.#failing = false;
      this.#leader = answer.held ? holder : answer.by;
      this.#term = answer.held ? { token: answer.token, until: asked + (duration * (PARTS - 1)) / PARTS } : undefined;
    } catch (error) {
      if (!this.#failing) log.warn({ code: codeOf(error) }, `the lease cannot be asked for: ${describeError(error)}`);
      this.#failing = true;
    }
  }

  /** Ends a term that was not prolonged in time, and tells what has changed. */
  #tell(): void {
    const { log, changed } = this.#options;
    const { token } = this;
    if (token === undefined && this.#term !== undefined) {
      this.#term = undefined;
      this.#lapsed = true;
    }
    if (token === this.#told) return;
    // A new token is a new term, though nobody else led in between: what is remembered is read anew.
    if (this.#told !== undefined) {
      log.warn({ leader: this.#leader }, 'this operator no longer leads: it starts nothing more');
      changed(undefined);
    }
    this.#told = token;
    if (token === undefined) return;
    log.info({ term: String(token) }, 'this operator leads');
    changed(token);
  }
}
