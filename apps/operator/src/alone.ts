import { type Clock, describeError, type Milliseconds } from '@ballast/core';
import type { Operator } from '@ballast/operator';
import type { Hold } from '@ballast/store';
import type { Logger } from '@ballast/telemetry';
import type { Acting } from './terms.ts';

/** How often it is looked whether the other program has ended. */
const WAIT: Milliseconds = 1000;

export interface AloneOptions {
  /** Takes the place of who writes the history; none where nobody else can know of it. */
  readonly hold: (() => Promise<Hold>) | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Made once nobody else writes: it reads what others have left. */
  readonly operatorOf: () => Operator;
  /** Told when it begins to act after it had to wait. */
  readonly began: () => void;
}

/** An operator without others that could lead. It acts as soon as no other program, such as `ballast rebalance`, keeps its history. */
export class Alone implements Acting {
  readonly #options: AloneOptions;
  readonly #stop = new AbortController();
  #operator: Operator | undefined;
  #release: (() => Promise<void>) | undefined;
  #waiting: Promise<void> = Promise.resolve();

  private constructor(options: AloneOptions) {
    this.#options = options;
  }

  static async begin(options: AloneOptions): Promise<Alone> {
    const alone = new Alone(options);
    const other = await alone.#take();
    if (other !== undefined) {
      options.log.warn(`nothing is done for as long as ${other} keeps the history`);
      alone.#waiting = alone.#wait();
    }
    return alone;
  }

  get operator(): Operator | undefined {
    return this.#operator;
  }

  async round(): Promise<unknown> {
    return this.#operator?.round();
  }

  async stop(grace: Milliseconds): Promise<void> {
    this.#stop.abort();
    await this.#waiting;
    try {
      await this.#operator?.stop(grace);
    } finally {
      await this.#release?.();
    }
  }

  /** @returns who else writes the history */
  async #take(): Promise<string | undefined> {
    const { hold, log, operatorOf } = this.#options;
    // Where it cannot be taken nothing can be saved either, which the rounds tell, and nothing is done.
    const taken = await hold?.().catch((error: unknown) => {
      log.warn(`nobody else is kept from writing the history: ${describeError(error)}`);
      return undefined;
    });
    if (taken?.held === false) return taken.by;
    this.#release = taken?.release;
    this.#operator = operatorOf();
    return undefined;
  }

  async #wait(): Promise<void> {
    const { clock, log, began } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await clock.sleep(WAIT, signal).catch(() => undefined);
      if (signal.aborted || (await this.#take()) !== undefined) continue;
      log.info('the history is this program’s to keep again');
      return began();
    }
  }
}
