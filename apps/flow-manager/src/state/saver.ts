import { type Clock, describeError, type Instant, type Milliseconds } from '@ballast/core';

/** Pause before a save that failed is tried again, unless something changes first. */
const RETRY: Milliseconds = 5_000;
/** Longest wait of who asks until a change is kept: a disk that hangs does not hang the REST API. */
const PATIENCE: Milliseconds = 2_000;
/** A change that waits longer than this for its save is told of. */
const LATE: Milliseconds = 10_000;

export interface SaverParts {
  /** Writes the newest state; it is on disk when it resolves. */
  readonly save: () => Promise<void>;
  readonly clock: Clock;
  /** Each attempt, with the error of one that failed. */
  readonly tried: (error?: unknown) => void;
}

/** Brings changes to disk: those that come while one save is under way share the next. */
export class Saver {
  readonly #parts: SaverParts;
  /** How many changes there were. */
  #noted = 0;
  /** Who waits until an attempt has seen so many of them. */
  #waiting: readonly { readonly upTo: number; readonly attempted: AbortController }[] = [];
  #failure: unknown;
  #unsavedSince: Instant | undefined;
  #wake = new AbortController();
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(parts: SaverParts) {
    this.#parts = parts;
  }

  /** Something has changed. */
  note(): void {
    this.#noted += 1;
    this.#unsavedSince ??= this.#parts.clock.now();
    this.#wake.abort();
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when what has changed until now was saved, or an attempt has failed, or takes too long. */
  async kept(): Promise<void> {
    if (this.#unsavedSince === undefined) return;
    const attempted = new AbortController();
    this.#waiting = [...this.#waiting, { upTo: this.#noted, attempted }];
    await this.#parts.clock.sleep(PATIENCE, attempted.signal).catch(() => undefined);
  }

  /** Why what has changed is not on disk, where that is for long. */
  problem(): string | undefined {
    if (this.#failure !== undefined) return `the state cannot be saved: ${describeError(this.#failure)}`;
    const since = this.#unsavedSince;
    const waited = since === undefined ? 0 : this.#parts.clock.now() - since;
    return waited > LATE ? `the state has been waiting to be saved for ${Math.round(waited / 1000)} s` : undefined;
  }

  /** Saves what is left, once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake.abort();
    await this.#running;
    if (this.#unsavedSince !== undefined) await this.#once();
  }

  async #run(): Promise<void> {
    while (this.#unsavedSince !== undefined && !this.#stopped) {
      this.#wake = new AbortController();
      await this.#once();
      if (this.#failure === undefined) continue;
      await this.#parts.clock.sleep(RETRY, this.#wake.signal).catch(() => undefined);
    }
  }

  async #once(): Promise<void> {
    // Departures are worked out a turn after the change that they follow from.
    await new Promise((resolve) => setImmediate(resolve));
    const upTo = this.#noted;
    const begun = this.#parts.clock.now();
    try {
      await this.#parts.save();
      this.#failure = undefined;
      this.#unsavedSince = upTo === this.#noted ? undefined : begun;
      this.#parts.tried();
    } catch (error) {
      this.#failure = error;
      this.#parts.tried(error);
    }
    for (const { attempted } of this.#waiting.filter((one) => one.upTo <= upTo)) attempted.abort();
    this.#waiting = this.#waiting.filter((one) => one.upTo > upTo);
  }
}
