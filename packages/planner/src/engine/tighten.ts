import { seededRandom } from '@ballast/core';
import { Annealing } from './anneal.ts';
import type { ReliefInput } from './relief-input.ts';
import type { Sketch } from './sketch.ts';
import { State } from './state.ts';

/** How often an annealing is begun for fewer moves, or for any placement at all; and the steps of each: some fifteen milliseconds. */
const ROUNDS = { fewer: 30, any: 12 };
const STEPS = 60_000;
/** So many in a row that come to nothing, and the next one begins from nothing: there are basins that none leaves. */
const FRUITLESS = 6;
/** The moves to begin with, in terms of the least, and how much is added while that is not enough: many need not be easier. */
const ALLOWED = { first: 1.3, more: 0.2 };

/**
 * Relieves all nodes at once with fewer moves than are known, then with fewer than that, and so on: see {@link Annealing}.
 * Nothing where it comes by no such placement.
 *
 * @param known moves that are known to be enough
 * @param least no fewer are possible
 */
export function tighten(input: ReliefInput, known: number, least: number): State | undefined {
  const { seed, expired } = input.effort;
  // Another chance than that of the search before.
  const random = seededRandom(seed + 1);
  let annealing = new Annealing(input, random);
  let fruitless = 0;
  let found: State | undefined;
  const accepts = (): boolean => {
    cheapen(annealing);
    const state = inOrder(input, annealing.sketch);
    found = state ?? found;
    return state !== undefined;
  };
  let most = Math.min(known - 1, Math.ceil(least * ALLOWED.first));
  const rounds = (): number => (found === undefined && known === Number.POSITIVE_INFINITY ? ROUNDS.any : ROUNDS.fewer);
  for (let round = 0; round < rounds() && most >= least && !expired(); round++) {
    if (annealing.run(most, STEPS, accepts, expired)) {
      most = annealing.sketch.cost - 1;
      fruitless = 0;
      continue;
    }
    if (found === undefined) most = Math.min(known - 1, most + Math.ceil(least * ALLOWED.more));
    fruitless += 1;
    if (fruitless % FRUITLESS === 0) annealing = new Annealing(input, random);
  }
  return found;
}

/** Cheaper items take the part of those that moved, where they can: the annealing itself does not look at prices. */
function cheapen(annealing: Annealing): void {
  const { problem, moved } = annealing.sketch;
  const { price, home, first, itemsOf } = problem;
  const cost = (item: number): number => price[item] as number;
  for (const item of [...moved].sort((a, b) => cost(b) - cost(a) || a - b)) {
    const node = home[item] as number;
    [...itemsOf.subarray(first[node], first[node + 1])]
      .filter((other) => cost(other) < cost(item))
      .sort((a, b) => cost(a) - cost(b) || a - b)
      .some((other) => annealing.replaces(other, item));
  }
}

/** The placement, if its moves have an order in which each finds its room. */
function inOrder({ problem, target }: ReliefInput, { at, moved }: Sketch): State | undefined {
  const state = new State(problem, target.limit);
  for (let open = [...moved].sort((a, b) => a - b); open.length > 0; ) {
    const waiting = open.filter((item) => {
      const to = at[item] as number;
      if (!state.fits(item, to)) return true;
      state.move(item, to);
      return false;
    });
    if (waiting.length === open.length) return undefined;
    open = waiting;
  }
  return state;
}
