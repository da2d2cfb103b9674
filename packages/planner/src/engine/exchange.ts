import { type Aim, type Choices, indices, meets } from './choices.ts';
import { type Packed, Trade } from './trade.ts';

/** Above this many combinations pairs are not exchanged: it would take longer than it saves. */
const MOST_TRIES = 40_000;
/** Of the highest price: far above what adding four of them rounds. */
const ROUNDING = 1e-9;

/** How many go out, and how many come in for them. */
type Shape = readonly [out: 1 | 2, into: 1 | 2];

const SHAPES: Readonly<Record<Aim, readonly Shape[]>> = {
  fewest: [
    [1, 1],
    [2, 2],
  ],
  cheapest: [
    [1, 1],
    [1, 2],
    [2, 1],
    [2, 2],
  ],
};

/**
 * A set that meets the needs, made better by exchanging choices, one for one and two for two (for the least price also
 * one for two and two for one), for as long as that saves; needless ones are left out.
 *
 * @param pairs whether two may be exchanged for two: the slow part
 */
export function improved(given: Choices, start: readonly number[], aim: Aim, pairs: boolean): readonly number[] {
  // Columns of one kind, whoever asks: a loop over columns of many kinds takes three times as long.
  const price = new Float64Array(given.price);
  let highest = 0;
  for (const one of price) highest = Math.max(highest, Math.abs(one));
  const choices: Packed = { ...given, price, moves: new Int32Array(given.moves), slack: ROUNDING * highest };
  const byPrice = indices(choices.count).sort((a, b) => (price[a] as number) - (price[b] as number) || a - b);
  const shapes = SHAPES[aim].filter(([out, into]) => pairs || out === 1 || into === 1);
  let set = withoutNeedless(choices, start);
  for (let s = 0; s < shapes.length; ) {
    const better = exchanged(choices, set, byPrice, aim, shapes[s] as Shape);
    if (better === undefined) s++;
    else {
      set = withoutNeedless(choices, better);
      s = 0;
    }
  }
  return set;
}

function withoutNeedless(choices: Packed, set: readonly number[]): readonly number[] {
  const { moves, price } = choices;
  let kept = set;
  if (set.length < 2) return set;
  for (const i of [...set].sort((a, b) => at(moves, b) - at(moves, a) || at(price, b) - at(price, a))) {
    const rest = kept.filter((other) => other !== i);
    if (meets(choices, rest)) kept = rest;
  }
  return kept;
}

/** The set with `out` of its choices replaced by `into` others, where that saves most; nothing when none saves. */
function exchanged(
  choices: Packed,
  set: readonly number[],
  byPrice: readonly number[],
  aim: Aim,
  [out, into]: Shape,
): readonly number[] | undefined {
  const { moves, price, relief, needs } = choices;
  const others = byPrice.filter((i) => !set.includes(i));
  if (set.length < out || others.length < into || tries(set.length, out) * tries(others.length, into) > MOST_TRIES) {
    return undefined;
  }
  const trade = new Trade(choices, others, aim);
  const sums = new Float64Array(needs);
  for (const i of set)
    for (let h = 0; h < needs; h++) sums[h] = (sums[h] as number) + (relief[i * needs + h] as number);
  const left = new Float64Array(needs);
  let gone: readonly number[] = [];
  for (let a = 0; a < set.length; a++) {
    for (let b = out === 1 ? set.length : a + 1; b < (out === 1 ? set.length + 1 : set.length); b++) {
      const ia = set[a] as number;
      const ib = out === 1 ? -1 : (set[b] as number);
      for (let h = 0; h < needs; h++)
        left[h] =
          (sums[h] as number) - (relief[ia * needs + h] as number) - (ib < 0 ? 0 : (relief[ib * needs + h] as number));
      const movesOut = at(moves, ia) + at(moves, ib);
      const priceOut = at(price, ia) + at(price, ib);
      const better = into === 1 ? trade.one(left, movesOut, priceOut) : trade.two(left, movesOut, priceOut);
      if (better) gone = [ia, ib];
    }
  }
  if (gone.length === 0) return undefined;
  return [...set.filter((i) => !gone.includes(i)), ...trade.best.map((c) => others[c] as number)];
}

function tries(count: number, size: number): number {
  return size === 1 ? count : (count * (count - 1)) / 2;
}

/** A column's value; -1 stands for none. */
function at(column: Int32Array | Float64Array, i: number): number {
  return i < 0 ? 0 : (column[i] as number);
}
