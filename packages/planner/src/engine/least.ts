import { above } from '../limits.ts';
import { type Choices, indices, meets, total } from './choices.ts';

/** Branches tried before a number of moves is taken to be too few. */
const MOST_BRANCHES = 2000;
/** Two needs are also looked at as one, the first weighted like this: what no mixture of them allows is impossible. */
const MIXTURES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** The least number of moves that meet the needs: no set takes fewer. Where the search gives up, what is proven by then. */
export function leastCount(choices: Choices): number {
  const most = total(choices.moves, indices(choices.count));
  if (!meets(choices, indices(choices.count))) return most;
  // Mixtures take time, and prove something only where the needs by themselves do not tell.
  const plain = new Search(choices, []);
  if (Array.isArray(plain.find(plain.least()))) return plain.least();
  const search = new Search(choices, MIXTURES);
  let k = search.least();
  while (k < most && search.find(k) === undefined) k++;
  return k;
}

/** No set takes fewer moves than these: what the largest reliefs alone tell. */
export function soonProven(choices: Choices): number {
  return new Search(choices, []).least();
}

/** As few moves as meet the needs, whatever they cost; nothing when all together do not. */
export function fewestSet(choices: Choices): readonly number[] | undefined {
  const all = indices(choices.count);
  if (!meets(choices, all)) return undefined;
  const plain = new Search(choices, []);
  const first = plain.find(plain.least());
  if (first !== undefined && first !== 'unknown') return first;
  const search = new Search(choices, MIXTURES);
  const most = total(choices.moves, all);
  for (let k = search.least(); k < most; k++) {
    const set = search.find(k);
    if (set !== undefined && set !== 'unknown') return set;
  }
  return all;
}

/**
 * A set that meets the needs in at most so many moves; nothing where there is none, or none was found.
 *
 * @param bend changes how strong a choice seems: the strongest are tried first
 */
export function setWithin(
  choices: Choices,
  moves: number,
  bend: (strength: number) => number,
): readonly number[] | undefined {
  const set = new Search(choices, [], bend).find(moves);
  return set === 'unknown' ? undefined : set;
}

/** Sets of at most so many moves, by depth first; mixtures of the needs stand behind them as further needs. */
class Search {
  readonly #choices: Choices;
  readonly #needs: number;
  /** Choice x need. */
  readonly #relief: Float64Array;
  readonly #tops: readonly Float64Array[];
  readonly #order: readonly number[] | undefined;

  constructor(choices: Choices, weights: readonly number[], bend?: (strength: number) => number) {
    const { count, needs, relief } = choices;
    const mixtures = needs === 2 ? weights : [];
    this.#choices = choices;
    this.#needs = needs + mixtures.length;
    this.#relief = new Float64Array(count * this.#needs);
    for (let i = 0; i < count; i++) {
      const row = i * this.#needs;
      const from = i * needs;
      // More than the need is of no more use than the need.
      for (let h = 0; h < needs; h++) this.#relief[row + h] = Math.min(1, relief[from + h] as number);
      for (let m = 0; m < mixtures.length; m++) {
        const share = mixtures[m] as number;
        const mixed = share * (this.#relief[row] as number) + (1 - share) * (this.#relief[row + 1] as number);
        this.#relief[row + needs + m] = mixed;
      }
    }
    const moves = total(choices.moves, indices(count));
    this.#tops = Array.from({ length: this.#needs }, (_, h) => this.#topSums(h, moves));
    this.#order = bend === undefined ? undefined : byStrength(choices, bend);
  }

  /** The number of moves below which some need cannot be met, whatever moves. */
  least(): number {
    let k = 0;
    while (this.#tops.some((top) => above(1, top[Math.min(k, top.length - 1)] as number)) && k < this.#most()) k++;
    return k;
  }

  /** A set of at most `k` moves; nothing when there is none; `unknown` when the search gave up. */
  find(k: number): readonly number[] | 'unknown' | undefined {
    const [needs, tops, relief] = [this.#needs, this.#tops, this.#relief];
    const tight = this.#tightest(k);
    const order = this.#order ?? this.#byNeed(tight);
    const { moves } = this.#choices;
    const rest = new Float64Array(needs).fill(1);
    const set: number[] = [];
    let branches = 0;
    const descend = (from: number, left: number): boolean => {
      let open = false;
      for (let h = 0; h < needs; h++) {
        const need = rest[h] as number;
        const top = tops[h] as Float64Array;
        if (above(need, top[Math.min(left, top.length - 1)] as number)) return false;
        open ||= above(need, 0);
      }
      if (!open) return true;
      for (let p = from; p < order.length; p++) {
        const i = order[p] as number;
        if ((moves[i] as number) > left) continue;
        // What comes behind gives no more for its moves: even the next ones together are too little.
        if (this.#order === undefined && above(rest[tight] as number, this.#next(order, p, left, tight))) return false;
        if (++branches > MOST_BRANCHES) return false;
        set.push(i);
        for (let h = 0; h < needs; h++) rest[h] = (rest[h] as number) - (relief[i * needs + h] as number);
        if (descend(p + 1, left - (moves[i] as number))) return true;
        for (let h = 0; h < needs; h++) rest[h] = (rest[h] as number) + (relief[i * needs + h] as number);
        set.pop();
      }
      return false;
    };
    if (descend(0, k)) return set;
    return branches > MOST_BRANCHES ? 'unknown' : undefined;
  }

  /** The need, or mixture of needs, that so many moves meet least well. */
  #tightest(k: number): number {
    let best = 0;
    const top = (h: number): number => {
      const sums = this.#tops[h] as Float64Array;
      return sums[Math.min(k, sums.length - 1)] as number;
    };
    for (let h = 1; h < this.#needs; h++) if (top(h) < top(best)) best = h;
    return best;
  }

  /** Choices that do most for a need, for each of their moves, first. */
  #byNeed(h: number): readonly number[] {
    const { count, moves } = this.#choices;
    const worth = new Float64Array(count);
    for (let i = 0; i < count; i++) worth[i] = (this.#relief[i * this.#needs + h] as number) / (moves[i] as number);
    return indices(count).sort((a, b) => (worth[b] as number) - (worth[a] as number) || a - b);
  }

  /** The most that so many moves do for a need, from a place in the order of that need on. */
  #next(order: readonly number[], from: number, left: number, h: number): number {
    const { moves } = this.#choices;
    let [sum, rest] = [0, left];
    for (let p = from; p < order.length && rest > 0; p++) {
      const i = order[p] as number;
      const count = moves[i] as number;
      sum += (this.#relief[i * this.#needs + h] as number) * Math.min(1, rest / count);
      rest -= count;
    }
    return sum;
  }

  #most(): number {
    return (this.#tops[0]?.length ?? 1) - 1;
  }

  /** The sums of the largest 0, 1, 2... reliefs of a need, a group taken for so many guests that share its load. */
  #topSums(h: number, all: number): Float64Array {
    const { count, moves } = this.#choices;
    const values = new Float64Array(all);
    let filled = 0;
    for (let i = 0; i < count; i++) {
      const each = moves[i] as number;
      const value = this.#relief[i * this.#needs + h] as number;
      for (let m = 0; m < each; m++) values[filled++] = value / each;
    }
    values.sort();
    const sums = new Float64Array(filled + 1);
    for (let k = 0; k < filled; k++) sums[k + 1] = (sums[k] as number) + (values[filled - 1 - k] as number);
    return sums;
  }
}

/** Those that go the longest way towards all needs together, for each of their moves, first: a set is found soon. */
function byStrength({ relief, needs, count, moves }: Choices, bend: (strength: number) => number): readonly number[] {
  const strength = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let h = 0; h < needs; h++) sum += Math.min(1, relief[i * needs + h] as number);
    strength[i] = bend(sum / (moves[i] as number));
  }
  return indices(count).sort((a, b) => (strength[b] as number) - (strength[a] as number) || a - b);
}
