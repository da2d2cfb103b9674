import { above } from '../limits.ts';
import type { Aim, Choices } from './choices.ts';

export interface Packed extends Choices {
  /** Sums of the same prices differ by their rounding: what saves no more than that would be exchanged back for ever. */
  readonly slack: number;
}

/** What may come in, the cheapest first, as columns. */
interface Offers {
  readonly count: number;
  readonly moves: Int32Array;
  readonly price: Float64Array;
  /** Offer x need. */
  readonly relief: Float64Array;
  /** Count x need: the most that any of the first so many relieves. */
  readonly most: Float64Array;
  readonly leastMoves: number;
}

/** What the best exchange so far takes more, none at first. */
export class Best {
  moves = 0;
  price = 0;
  readonly #aim: Aim;
  readonly #slack: number;

  constructor(aim: Aim, slack: number) {
    this.#aim = aim;
    this.#slack = slack;
  }

  set(moves: number, price: number): void {
    this.moves = moves;
    this.price = price;
  }

  isBeatenBy(moves: number, price: number): boolean {
    if (this.#aim === 'cheapest') return this.isDearerThan(price);
    return moves < this.moves || (moves === this.moves && this.isDearerThan(price));
  }

  isDearerThan(price: number): boolean {
    return this.price - price > this.#slack;
  }

  /** Whether only what is cheaper can beat it, with at least so many more moves. */
  isBeatenByPriceAlone(moves: number): boolean {
    return this.#aim === 'cheapest' || moves >= this.moves;
  }
}

/** Whether a choice, beside what is left, meets every need. */
export function suffices(left: Float64Array, relief: Float64Array, choice: number): boolean {
  const needs = left.length;
  for (let h = 0; h < needs; h++) {
    if (above(1, (left[h] as number) + (relief[choice * needs + h] as number))) return false;
  }
  return true;
}

/** The best exchange of all that were looked at: for what goes out, one or two others that still meet every need. */
export class Trade {
  /** What comes in, as places in the order by price. */
  best: readonly number[] = [];
  readonly #cost: Best;
  readonly #needs: number;
  readonly #offers: Offers;
  readonly #rest: Float64Array;

  /** @param others those outside the set, the cheapest first */
  constructor(choices: Packed, others: readonly number[], aim: Aim) {
    this.#cost = new Best(aim, choices.slack);
    this.#needs = choices.needs;
    this.#offers = offersOf(choices, others);
    this.#rest = new Float64Array(choices.needs);
  }

  /**
   * Looks for one that may come in. Tells whether that is better than all before.
   *
   * @param left what is relieved without those that go out
   * @param moves of those that go out
   * @param price of those that go out
   */
  one(left: Float64Array, moves: number, price: number): boolean {
    const offers = this.#offers;
    let better = false;
    for (let c = 0; c < offers.count; c++) {
      const more = (offers.moves[c] as number) - moves;
      const dearer = (offers.price[c] as number) - price;
      if (!this.#cost.isDearerThan(dearer) && this.#cost.isBeatenByPriceAlone(offers.leastMoves - moves)) break;
      if (!this.#cost.isBeatenBy(more, dearer) || !suffices(left, offers.relief, c)) continue;
      this.#take([c], more, dearer);
      better = true;
    }
    return better;
  }

  /** The same for two of them. */
  two(left: Float64Array, moves: number, price: number): boolean {
    const { count, ...offers } = this.#offers;
    let better = false;
    // Those from here on are too dear beside the first one, and beside all that come behind it.
    let end = count;
    for (let c = 0; c + 1 < end; c++) {
      const moreByC = (offers.moves[c] as number) - moves;
      const dearerByC = (offers.price[c] as number) - price;
      const priceDecides = this.#cost.isBeatenByPriceAlone(2 * offers.leastMoves - moves);
      if (priceDecides)
        while (end > 0 && !this.#cost.isDearerThan(dearerByC + (offers.price[end - 1] as number))) end--;
      for (let h = 0; h < this.#needs; h++)
        this.#rest[h] = (left[h] as number) + (offers.relief[c * this.#needs + h] as number);
      if (!suffices(this.#rest, offers.most, end)) continue;
      for (let d = c + 1; d < end; d++) {
        const more = moreByC + (offers.moves[d] as number);
        const dearer = dearerByC + (offers.price[d] as number);
        if (priceDecides && !this.#cost.isDearerThan(dearer)) break;
        if (!this.#cost.isBeatenBy(more, dearer) || !suffices(this.#rest, offers.relief, d)) continue;
        this.#take([c, d], more, dearer);
        better = true;
      }
    }
    return better;
  }

  #take(best: readonly number[], moves: number, price: number): void {
    this.best = best;
    this.#cost.set(moves, price);
  }
}

function offersOf({ needs, moves, price, relief }: Packed, others: readonly number[]): Offers {
  const count = others.length;
  const offers = {
    moves: new Int32Array(count),
    price: new Float64Array(count),
    relief: new Float64Array(count * needs),
    most: new Float64Array((count + 1) * needs),
  };
  let leastMoves = Number.POSITIVE_INFINITY;
  for (let c = 0; c < count; c++) {
    const i = others[c] as number;
    const own = moves[i] as number;
    if (own < leastMoves) leastMoves = own;
    offers.moves[c] = own;
    offers.price[c] = price[i] as number;
    for (let h = 0; h < needs; h++) {
      const k = c * needs + h;
      const amount = relief[i * needs + h] as number;
      offers.relief[k] = amount;
      offers.most[k + needs] = Math.max(amount, offers.most[k] as number);
    }
  }
  return { count, leastMoves, ...offers };
}
