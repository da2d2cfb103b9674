/** What gathers messages for one switch. */
export interface Gatherer {
  /** Writes what was gathered. */
  flush(): void;
}

/**
 * Writes the answers to what was read in one turn of the event loop one right after another, at the turn's end. A write
 * wakes who waits at the other end, which on a machine with time to spare costs more than all else about an answer; of
 * writes that follow each other closely the later ones find it awake. Where one switch alone talks there is nothing to
 * wait for, and its answers are written at once.
 */
export class Flushes {
  #due: Gatherer[] = [];
  /** Who talked last. */
  #last: Gatherer | undefined;

  /** Has the gatherer flush in this turn. */
  add(gatherer: Gatherer): void {
    const alone = this.#last === gatherer && this.#due.length === 0;
    this.#last = gatherer;
    if (alone) gatherer.flush();
    else if (this.#due.push(gatherer) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const due = this.#due;
    this.#due = [];
    for (const gatherer of due) gatherer.flush();
  }
}
