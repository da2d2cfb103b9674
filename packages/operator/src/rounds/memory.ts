import { EMPTY_HISTORY, type History, type HistoryStore } from '@ballast/core';
import type { Logger } from '@ballast/telemetry';

/** The history, in memory and in its store. Rounds and executions change it side by side, one change at a time. */
export class Memory {
  readonly #store: HistoryStore;
  readonly #log: Logger;
  #history: History = EMPTY_HISTORY;
  #loaded = false;
  #saved: Promise<void> = Promise.resolve();

  constructor(store: HistoryStore, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  get history(): History {
    return this.#history;
  }

  /** Reads the store, once. */
  async load(): Promise<void> {
    if (this.#loaded) return;
    this.#history = await this.#store.load();
    this.#loaded = true;
  }

  update(change: (history: History) => History): void {
    this.#history = change(this.#history);
  }

  /** Writes the history of this moment; one write at a time, in the order of the calls. */
  save(): Promise<void> {
    if (!this.#loaded) return Promise.resolve();
    const write = this.#saved.then(() => this.#store.save(this.#history));
    this.#saved = write.catch((error: unknown) => this.#log.error({ err: error }, 'the history was not saved'));
    return write;
  }
}
