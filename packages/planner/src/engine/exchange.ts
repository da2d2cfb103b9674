import { above } from '../limits.ts';
import { type Aim, type Choices, indices, meets } from './choices.ts';

/** Above this many combinations pairs are not exchanged: it would take longer than it saves. */
const MOST_TRIES = 40_000;
/** Of the highest price: far above what adding four of them rounds. */
const ROUNDING = 1e-9;

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
  const shapes: readonly (readonly [number, number])[] = [
    [1, 1],
    ...(aim === 'cheapest'
      ? ([
          [1, 2],
          [2, 1],
        ] as const)
      : []),
    ...(pairs ? ([[2, 2]] as const) : []),
  ];
  let set = withoutNeedless(choices, start);
  for (let s = 0; s < shapes.length; ) {
    const [out, into] = shapes[s] as readonly [number, number];
    const better = exchanged(choices, set, byPrice, aim, out, into);
    if (better === undefined) s++;
    else {
      set = withoutNeedless(choices, better);
      s = 0;
    }
  }
  return set;
}

interface Packed extends Choices {
  readonly moves: Int32Array;
  readonly price: Float64Array;
  /** Sums of the same prices differ by their rounding: what saves no more than that would be exchanged back for ever. */
  readonly slack: number;
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
  out: number,
  into: number,
): readonly number[] | undefined {
  const { moves, price, relief, needs, slack } = choices;
  const others = byPrice.filter((i) => !set.includes(i));
  if (set.length < out || others.length < into || tries(set.length, out) * tries(others.length, into) > MOST_TRIES) {
    return undefined;
  }
  // Where all moves are one, a dearer pair cannot be better, and nor can those behind it.
  const uniform = out === into && others.every((i) => moves[i] === 1);
  const sums = new Float64Array(needs);
  for (const i of set)
    for (let h = 0; h < needs; h++) sums[h] = (sums[h] as number) + (relief[i * needs + h] as number);
  // What is left of them without what goes out, and with the first that comes in.
  const left = new Float64Array(needs);
  const rest = new Float64Array(needs);
  let best: readonly number[] | undefined;
  let [leastMoves, leastPrice] = [0, 0];
  for (let a = 0; a < set.length; a++) {
    for (let b = out === 1 ? set.length : a + 1; b < (out === 1 ? set.length + 1 : set.length); b++) {
      const [ia, ib] = [set[a] as number, out === 1 ? -1 : (set[b] as number)];
      const movesOut = at(moves, ia) + at(moves, ib);
      const priceOut = at(price, ia) + at(price, ib);
      for (let h = 0; h < needs; h++)
        left[h] =
          (sums[h] as number) - (relief[ia * needs + h] as number) - (ib < 0 ? 0 : (relief[ib * needs + h] as number));
      for (let c = 0; c < others.length; c++) {
        const ic = others[c] as number;
        const [moreByC, dearerByC] = [(moves[ic] as number) - movesOut, (price[ic] as number) - priceOut];
        if (uniform && dearerByC >= leastPrice) break;
        for (let h = 0; h < needs; h++) rest[h] = (left[h] as number) + (relief[ic * needs + h] as number);
        for (let d = into === 1 ? others.length : c + 1; d < (into === 1 ? others.length + 1 : others.length); d++) {
          const id = into === 1 ? -1 : (others[d] as number);
          const dearer = dearerByC + at(price, id);
          if (uniform && dearer >= leastPrice) break;
          const more = moreByC + at(moves, id);
          const better =
            aim === 'fewest'
              ? more < leastMoves || (more === leastMoves && leastPrice - dearer > slack)
              : leastPrice - dearer > slack;
          if (!better || !suffices(choices, rest, id)) continue;
          best = [ia, ib, ic, id];
          leastMoves = more;
          leastPrice = dearer;
        }
      }
    }
  }
  if (best === undefined) return undefined;
  const [ia, ib, ic, id] = best as readonly [number, number, number, number];
  return [...set.filter((i) => i !== ia && i !== ib), ...[ic, id].filter((i) => i >= 0)];
}

/** Whether a choice beside what there is meets every need; -1 stands for none. */
function suffices({ relief, needs }: Choices, rest: Float64Array, choice: number): boolean {
  for (let h = 0; h < needs; h++) {
    const sum = (rest[h] as number) + (choice < 0 ? 0 : (relief[choice * needs + h] as number));
    if (above(1, sum)) return false;
  }
  return true;
}

function tries(count: number, size: number): number {
  return size === 1 ? count : (count * (count - 1)) / 2;
}

/** A column's value; -1 stands for none. */
function at(column: Int32Array | Float64Array, i: number): number {
  return i < 0 ? 0 : (column[i] as number);
}
