import { above } from '../limits.ts';
import { type Choices, indices, total } from './choices.ts';

/** Branches looked at before the best set so far is taken for the answer. */
const MOST_BRANCHES = 20_000;

export interface Cheapest {
  readonly set: readonly number[];
  /** No set costs less: the price of `set`, unless the search gave up. */
  readonly least: number;
}

/**
 * The set of the least price that meets every need, by branch and bound: a covering knapsack. A branch is given up
 * where even with guests in part its price would come to no less than that of the best set so far. Exact, unless
 * it gives up after {@link MOST_BRANCHES}.
 *
 * @param known a set that meets the needs
 */
export function cheapestSet(choices: Choices, known: readonly number[]): Cheapest {
  const { needs, relief, price, count } = choices;
  const orders = Array.from({ length: needs }, (_, h) => byWorth(choices, (i) => relief[i * needs + h] as number));
  const order = byWorth(choices, (i) => {
    let sum = 0;
    for (let h = 0; h < needs; h++) sum += Math.min(1, relief[i * needs + h] as number);
    return sum;
  });
  const decided = new Uint8Array(count);
  const rest = new Float64Array(needs).fill(1);
  const set: number[] = [];
  let best = known;
  let least = total(price, known);
  let branches = 0;
  // The least that branches could come to that were not looked into.
  let open = Number.POSITIVE_INFINITY;

  /** What the open needs cost at least with the guests that are not decided on, the last of each in part. */
  const atLeast = (): number => {
    let most = 0;
    for (let h = 0; h < needs; h++) {
      let part = rest[h] as number;
      let cost = 0;
      for (const i of orders[h] as readonly number[]) {
        if (!above(part, 0)) break;
        if (decided[i] === 1) continue;
        const amount = relief[i * needs + h] as number;
        if (amount <= 0) break;
        cost += (price[i] as number) * Math.min(1, part / amount);
        part -= amount;
      }
      if (above(part, 0)) return Number.POSITIVE_INFINITY;
      if (cost > most) most = cost;
    }
    return most;
  };
  const descend = (from: number, spent: number): void => {
    const possible = spent + atLeast();
    if (possible >= least * (1 - 1e-12)) return;
    if (++branches > MOST_BRANCHES) {
      open = Math.min(open, possible);
      return;
    }
    if (rest.every((value) => !above(value, 0))) {
      best = [...set];
      least = spent;
      return;
    }
    const i = order[from];
    if (i === undefined) return;
    decided[i] = 1;
    set.push(i);
    for (let h = 0; h < needs; h++) rest[h] = (rest[h] as number) - (relief[i * needs + h] as number);
    descend(from + 1, spent + (price[i] as number));
    for (let h = 0; h < needs; h++) rest[h] = (rest[h] as number) + (relief[i * needs + h] as number);
    set.pop();
    descend(from + 1, spent);
    decided[i] = 0;
  };
  descend(0, 0);
  return { set: best, least: Math.min(least, open) };
}

/** Those that relieve most for their price first. */
function byWorth({ price, count }: Choices, of: (i: number) => number): readonly number[] {
  const worth = Float64Array.from(indices(count), (i) => of(i) / Math.max(1, price[i] as number));
  return indices(count).sort((a, b) => (worth[b] as number) - (worth[a] as number) || a - b);
}
