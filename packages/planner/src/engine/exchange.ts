import { type Aim, type Choices, indices, meets } from './choices.ts';
import { Best, type Packed, suffices, Trade } from './trade.ts';

/** Above this many combinations pairs are not exchanged: it would take longer than it saves. */
const MOST_TRIES = 40_000;
/** Of the highest price: far above what adding four of them rounds. */
const ROUNDING = 1e-9;

/** How many go out, and how many come in for them, beside one for one. */
type Shape = readonly [out: 1 | 2, into: 1 | 2];

const SHAPES: Readonly<Record<Aim, readonly Shape[]>> = {
  fewest: [[2, 2]],
  cheapest: [
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
  const choices: Packed = { ...given, slack: slackOf(given.price) };
  const shapes = SHAPES[aim].filter(([out, into]) => pairs || out === 1 || into === 1);
  const byPrice = shapes.length === 0 ? [] : cheapestFirst(given);
  for (let set = withoutNeedless(choices, start); ; ) {
    let better = swapped(choices, set, aim);
    for (const shape of shapes) better ??= exchanged(choices, set, byPrice, aim, shape);
    if (better === undefined) return set;
    set = withoutNeedless(choices, better);
  }
}

function slackOf(price: Float64Array): number {
  let highest = 0;
  for (let i = 0; i < price.length; i++) highest = Math.max(highest, Math.abs(price[i] as number));
  return ROUNDING * highest;
}

function cheapestFirst({ count, price }: Choices): readonly number[] {
  return indices(count).sort((a, b) => (price[a] as number) - (price[b] as number) || a - b);
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

/** The set with one of its choices replaced by another, where that saves most; nothing when none saves. */
function swapped(choices: Packed, set: readonly number[], aim: Aim): readonly number[] | undefined {
  const { count, needs, relief, moves, price } = choices;
  if (tries(set.length, 1) * tries(count - set.length, 1) > MOST_TRIES) return undefined;
  const inSet = new Uint8Array(count);
  for (const i of set) inSet[i] = 1;
  const best = new Best(aim, choices.slack);
  const sums = sumsOf(choices, set);
  const left = new Float64Array(needs);
  let gone = -1;
  let come = -1;
  for (const a of set) {
    for (let h = 0; h < needs; h++) left[h] = (sums[h] as number) - (relief[a * needs + h] as number);
    for (let i = 0; i < count; i++) {
      if (inSet[i] === 1) continue;
      const more = (moves[i] as number) - (moves[a] as number);
      const dearer = (price[i] as number) - (price[a] as number);
      if (!best.isBeatenBy(more, dearer) || !suffices(left, relief, i)) continue;
      best.set(more, dearer);
      gone = a;
      come = i;
    }
  }
  return gone < 0 ? undefined : [...set.filter((i) => i !== gone), come];
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
  const sums = sumsOf(choices, set);
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

/** What a set relieves of each need. */
function sumsOf({ relief, needs }: Choices, set: readonly number[]): Float64Array {
  const sums = new Float64Array(needs);
  for (const i of set)
    for (let h = 0; h < needs; h++) sums[h] = (sums[h] as number) + (relief[i * needs + h] as number);
  return sums;
}

function tries(count: number, size: number): number {
  return size === 1 ? count : (count * (count - 1)) / 2;
}

/** A column's value; -1 stands for none. */
function at(column: Int32Array | Float64Array, i: number): number {
  return i < 0 ? 0 : (column[i] as number);
}
