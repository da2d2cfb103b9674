import type { Instant, Milliseconds } from '@ballast/core';

/** Something that is to happen. */
export interface Entry {
  readonly at: Instant;
  readonly order: number;
  run: (() => void) | undefined;
}

/**
 * The one scheduler of a simulation: what waits for time, in the order of time and of asking. Between two entries
 * everything that promises can do is done; nothing else moves.
 */
export class Agenda {
  #now: Instant;
  #order = 0;
  /** A binary heap. */
  readonly #heap: Entry[] = [];
  #events = 0;

  constructor(start: Instant) {
    this.#now = start;
  }

  get now(): Instant {
    return this.#now;
  }

  /** Entries carried out so far. */
  get events(): number {
    return this.#events;
  }

  /** @returns takes it off the agenda */
  in(delay: Milliseconds, run: () => void): () => void {
    const entry: Entry = { at: this.#now + Math.max(0, delay), order: this.#order++, run };
    this.#push(entry);
    return () => {
      entry.run = undefined;
    };
  }

  /** Carries out what is due until `end`, or until `over` says so. */
  async runUntil(end: Instant, over: () => boolean = () => false): Promise<void> {
    await settled();
    while (!over()) {
      const next = this.#heap[0];
      if (next === undefined || next.at > end) break;
      this.#pop();
      if (next.run === undefined) continue;
      this.#now = next.at;
      this.#events += 1;
      next.run();
      await settled();
    }
    if (!over()) this.#now = Math.max(this.#now, end);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let i = heap.length;
    for (heap.push(entry); i > 0; ) {
      const above = (i - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !before(entry, parent)) break;
      heap[i] = parent;
      i = above;
    }
    heap[i] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return;
    let i = 0;
    for (;;) {
      const [left, right] = [heap[2 * i + 1], heap[2 * i + 2]];
      if (left === undefined) break;
      const second = right !== undefined && before(right, left);
      const child = second ? right : left;
      if (!before(child, last)) break;
      heap[i] = child;
      i = 2 * i + (second ? 2 : 1);
    }
    heap[i] = last;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/**
 * Promises have done what they can when the next tick comes, for ticks wait until no promise has anything to do: nothing
 * here waits for anything else. A round of the event loop would be as good, and takes longer.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}
