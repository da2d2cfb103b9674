/** Counts requests. */
interface Counter {
  readonly requests: number;
}

/**
 * How many requests a round may make. A snapshot is asked for all the same, and counts; what can wait is put off to the
 * next round.
 */
export class RoundBudget {
  readonly limit: number;
  readonly #counter: Counter;
  #before = 0;
  #told = false;
  #inspected = false;

  constructor(counter: Counter, limit: number) {
    this.#counter = counter;
    this.limit = limit;
  }

  /** A round begins with its snapshot. */
  begin(): void {
    this.#before = this.#counter.requests;
    this.#told = false;
    this.#inspected = false;
  }

  get left(): number {
    return Math.max(0, this.limit - (this.#counter.requests - this.#before));
  }

  /** How many guests may be inspected now, at `each` requests; one in any round, or a small budget would stop for ever. */
  guests(each: number): number {
    const least = this.#inspected ? 0 : 1;
    this.#inspected = true;
    return Math.max(least, Math.floor(this.left / each));
  }

  /** Whether this is the first that is put off in this round: it is told once. */
  putOff(): boolean {
    const first = !this.#told;
    this.#told = true;
    return first;
  }
}
