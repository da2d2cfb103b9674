import type { Rows } from './diff.ts';

/**
 * What one switch is known to have, so that a change need not read it first. It is known from reading it back, and from
 * changes that the switch confirmed since; whatever casts doubt on it drops it whole, and the next change reads again.
 */
export class Memory {
  #rows: Rows | undefined;
  #verified = false;
  #doubts = 0;

  /** `undefined`: nothing is known for certain. */
  get rows(): Rows | undefined {
    return this.#rows;
  }

  /** Whether the rows were read, and not only confirmed. */
  get verified(): boolean {
    return this.#verified;
  }

  /** How often it was dropped: to be noted before a piece of work, and given to `keep` after it. */
  get doubts(): number {
    return this.#doubts;
  }

  /** Keeps what the work has come to, unless a doubt arose meanwhile. */
  keep(rows: Rows, given: { readonly verified: boolean; readonly doubts: number }): void {
    if (given.doubts !== this.#doubts) return;
    this.#rows = rows;
    this.#verified = given.verified;
  }

  forget(): void {
    this.#rows = undefined;
    this.#verified = false;
    this.#doubts += 1;
  }
}
