import { above } from '../limits.ts';
import { type Choices, indices, meets } from './choices.ts';

/** Branches tried before a number of choices is taken to be too few. */
const MOST_BRANCHES = 2000;

/**
 * The least number of choices that meet the needs, each counted as one: no set is smaller. Where the search for a set
 * gives up, what is proven by then.
 */
export function leastCount(choices: Choices): number {
  const all = indices(choices.count);
  const tops = topSums(choices, all);
  let k = 0;
  while (k < all.length && tops.some((top) => above(1, top[k] as number))) k++;
  if (choices.needs < 2) return k;
  while (k < all.length && pick(choices, all, tops, k) === undefined) k++;
  return k;
}

/** As few single guests as meet the needs, whatever they cost; nothing when all of them do not. */
export function leastSingles(choices: Choices): readonly number[] | undefined {
  const singles = indices(choices.count).filter((i) => choices.moves[i] === 1);
  if (!meets(choices, singles)) return undefined;
  const tops = topSums(choices, singles);
  let k = 0;
  while (tops.some((top) => above(1, top[k] as number))) k++;
  for (; k <= singles.length; k++) {
    const set = pick(choices, singles, tops, k);
    if (set !== undefined && set !== 'unknown') return set;
  }
  return singles;
}

/** For each need the sums of its largest 0, 1, 2... reliefs. */
function topSums({ relief, needs }: Choices, among: readonly number[]): readonly Float64Array[] {
  return Array.from({ length: needs }, (_, h) => {
    const values = Float64Array.from(among, (i) => relief[i * needs + h] as number).sort();
    const sums = new Float64Array(values.length + 1);
    for (let k = 0; k < values.length; k++) {
      sums[k + 1] = (sums[k] as number) + (values[values.length - 1 - k] as number);
    }
    return sums;
  });
}

/** A set of exactly `k` that meets the needs; nothing when there is none; `unknown` when the search gave up. */
function pick(
  choices: Choices,
  among: readonly number[],
  tops: readonly Float64Array[],
  k: number,
): readonly number[] | 'unknown' | undefined {
  const { relief, needs } = choices;
  const order = byStrength(choices, among);
  const rest = new Float64Array(needs).fill(1);
  const set: number[] = [];
  let branches = 0;
  const descend = (from: number): boolean => {
    const left = k - set.length;
    for (let h = 0; h < needs; h++) if (above(rest[h] as number, tops[h]?.[left] ?? 0)) return false;
    if (left === 0) return true;
    for (let p = from; p <= order.length - left; p++) {
      if (++branches > MOST_BRANCHES) return false;
      const row = (order[p] as number) * needs;
      set.push(order[p] as number);
      for (let h = 0; h < needs; h++) rest[h] = (rest[h] as number) - (relief[row + h] as number);
      if (descend(p + 1)) return true;
      for (let h = 0; h < needs; h++) rest[h] = (rest[h] as number) + (relief[row + h] as number);
      set.pop();
    }
    return false;
  };
  if (descend(0)) return set;
  return branches > MOST_BRANCHES ? 'unknown' : undefined;
}

/** Those that go the longest way towards all needs together first: a set is found soon where there is one. */
function byStrength({ relief, needs, count }: Choices, among: readonly number[]): readonly number[] {
  const strength = new Float64Array(count);
  for (const i of among) {
    for (let h = 0; h < needs; h++) {
      strength[i] = (strength[i] as number) + Math.min(1, relief[i * needs + h] as number);
    }
  }
  return [...among].sort((a, b) => (strength[b] as number) - (strength[a] as number) || a - b);
}
