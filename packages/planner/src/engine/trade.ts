import { above } from '../limits.ts';
import type { Aim, Choices } from './choices.ts';

/** Choices whose columns are of one kind, whoever asks: a loop over columns of many kinds takes three times as long. */
export interface Packed extends Choices {
  readonly moves: Int32Array;
  readonly price: Float64Array;
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

/** The best exchange of all that were looked at: for what goes out, one or two others that still meet every need. */
export class Trade {
  /** What comes in, as places in the order by price. */
  best: readonly number[] = [];
  /** By how much more moves it takes, and how much dearer it is. */
  #moves = 0;
  #price = 0;
  readonly #aim: Aim;
  readonly #needs: number;
  readonly #slack: number;
  readonly #offers: Offers;
  readonly #rest: Float64Array;

  /** @param others those outside the set, the cheapest first */
  constructor(choices: Packed, others: readonly number[], aim: Aim) {
    this.#aim = aim;
    this.#needs = choices.needs;
    this.#slack = choices.slack;
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
      if (!this.#saves(dearer) && this.#priceDecides(offers.leastMoves - moves)) break;
      if (!this.#isBetter(more, dearer) || !this.#suffices(left, c)) continue;
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
      const priceDecides = this.#priceDecides(2 * offers.leastMoves - moves);
      if (priceDecides) while (end > 0 && !this.#saves(dearerByC + (offers.price[end - 1] as number))) end--;
      for (let h = 0; h < this.#needs; h++)
        this.#rest[h] = (left[h] as number) + (offers.relief[c * this.#needs + h] as number);
      if (!this.#mayDo(end)) continue;
      for (let d = c + 1; d < end; d++) {
        const more = moreByC + (offers.moves[d] as number);
        const dearer = dearerByC + (offers.price[d] as number);
        if (priceDecides && !this.#saves(dearer)) break;
        if (!this.#isBetter(more, dearer) || !this.#suffices(this.#rest, d)) continue;
        this.#take([c, d], more, dearer);
        better = true;
      }
    }
    return better;
  }

  #take(best: readonly number[], moves: number, price: number): void {
    this.best = best;
    this.#moves = moves;
    this.#price = price;
  }

  #saves(dearer: number): boolean {
    return this.#price - dearer > this.#slack;
  }

  /** Whether only what is cheaper can be better, with at least so many more moves. */
  #priceDecides(more: number): boolean {
    return this.#aim === 'cheapest' || more >= this.#moves;
  }

  #isBetter(more: number, dearer: number): boolean {
    if (this.#aim === 'cheapest') return this.#saves(dearer);
    return more < this.#moves || (more === this.#moves && this.#saves(dearer));
  }

  /** Whether an offer, beside what there is, meets every need. */
  #suffices(rest: Float64Array, offer: number): boolean {
    const { relief } = this.#offers;
    for (let h = 0; h < this.#needs; h++) {
      if (above(1, (rest[h] as number) + (relief[offer * this.#needs + h] as number))) return false;
    }
    return true;
  }

  /** Whether any of the first so many might meet them. */
  #mayDo(count: number): boolean {
    const { most } = this.#offers;
    for (let h = 0; h < this.#needs; h++) {
      if (above(1, (this.#rest[h] as number) + (most[count * this.#needs + h] as number))) return false;
    }
    return true;
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
