import { above } from '../limits.ts';
import { cheapestSet } from './cheapest.ts';
import { type Aim, type Choices, indices, meets } from './choices.ts';
import { leastCount } from './least.ts';
import { HEATS, type Problem } from './problem.ts';

/** What no plan can do better than. */
export interface Bound {
  /** Migrations. */
  readonly moves: number;
  /** Memory of the guests moved, in bytes; guests counted in part. */
  readonly bytes: number;
}

/**
 * The least it takes to bring a node down to its goal: every migration takes one guest off one node, so whatever the
 * targets, a node needs at least as many as its largest movable guests that cover what it has too much of every
 * resource at once. Bytes: with the aim `cheapest` the covering knapsack of whole guests and groups, for all resources at
 * once; else the fractional one, of the resource that asks for most. Rules that bind guests to their node count; where
 * the guests would go, and what else stands on their way, does not.
 */
export function boundOf(problem: Problem, node: number, goal: Float64Array, hot: Uint8Array, aim: Aim): Bound {
  const needs: Need[] = [];
  for (let h = 0; h < HEATS; h++) {
    const k = node * HEATS + h;
    const excess = (problem.heat[k] as number) - (goal[k] as number);
    if (hot[k] === 1 && above(excess / (problem.capacity[k] as number), 0)) needs.push({ heat: h, excess });
  }
  if (needs.length === 0) return { moves: 0, bytes: 0 };
  const guests = guestsOf(problem, node);
  const relief = new Float64Array(guests.length * needs.length);
  for (const [i, guest] of guests.entries()) {
    for (const [h, { heat, excess }] of needs.entries())
      relief[i * needs.length + h] = (guest[heat] as number) / excess;
  }
  const none = new Float64Array(guests.length);
  const moves = leastCount({ count: guests.length, needs: needs.length, relief, moves: none, price: none });
  const inPart = Math.max(...needs.map(({ heat, excess }) => leastBytes(guests, heat, excess)));
  return { moves, bytes: aim === 'cheapest' ? wholeBytes(problem, node, needs, inPart) : inPart };
}

interface Need {
  readonly heat: number;
  /** In cores or bytes. */
  readonly excess: number;
}

/** The least memory of whole items that meet the needs, as far as it is proven. */
function wholeBytes(problem: Problem, node: number, needs: readonly Need[], inPart: number): number {
  const { first, itemsOf, movable, moves, relief } = problem;
  const items = [...itemsOf.subarray(first[node], first[node + 1])].filter((item) => movable[item] === 1);
  const choices: Choices = {
    count: items.length,
    needs: needs.length,
    relief: Float64Array.from(
      items.flatMap((item) => needs.map(({ heat, excess }) => (relief[item * HEATS + heat] as number) / excess)),
    ),
    moves: items.map((item) => moves[item] as number),
    price: items.map((item) => relief[item * HEATS + 1] as number),
  };
  const all = indices(items.length);
  return meets(choices, all) ? Math.max(inPart, cheapestSet(choices, all).least) : inPart;
}

/** The node's guests that may move. A group counts as so many guests that share its load: it moves whole. */
function guestsOf(problem: Problem, node: number): readonly (readonly number[])[] {
  const { first, itemsOf, movable, moves, relief } = problem;
  const guests: (readonly number[])[] = [];
  for (let p = first[node] as number; p < (first[node + 1] as number); p++) {
    const item = itemsOf[p] as number;
    if (movable[item] === 0) continue;
    const count = moves[item] as number;
    const share = Array.from({ length: HEATS }, (_, h) => (relief[item * HEATS + h] as number) / count);
    for (let i = 0; i < count; i++) guests.push(share);
  }
  return guests;
}

/** Memory that leaves the node at least, when guests that relieve most for their memory go first and the last in part. */
function leastBytes(guests: readonly (readonly number[])[], heat: number, excess: number): number {
  const memory = (guest: readonly number[]): number => Math.max(1, guest[1] ?? 0);
  const order = guests
    .filter((guest) => (guest[heat] ?? 0) > 0)
    .sort((a, b) => (b[heat] ?? 0) / memory(b) - (a[heat] ?? 0) / memory(a));
  let rest = excess;
  let bytes = 0;
  for (const guest of order) {
    const amount = guest[heat] ?? 0;
    const share = Math.min(1, rest / amount);
    bytes += share * (guest[1] ?? 0);
    rest -= amount;
    if (rest <= 0) break;
  }
  return bytes;
}
