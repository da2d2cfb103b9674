import { cheapestSet } from './cheapest.ts';
import { type Aim, type Choices, indices, meets } from './choices.ts';
import { leastCount, soonProven } from './least.ts';
import { type Asked, choicesOf, needsOf } from './needs.ts';
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
 * the guests would go, and what else stands on their way, does not. Where time is up, what is soon proven.
 */
export function boundOf(
  problem: Problem,
  node: number,
  asked: Asked,
  aim: Aim,
  expired: () => boolean = () => false,
): Bound {
  const needs = needsOf(problem, problem.heat, asked, node);
  if (needs.length === 0) return { moves: 0, bytes: 0 };
  const memory = (item: number): number => problem.relief[item * HEATS + 1] as number;
  const choices = choicesOf(problem, movableOn(problem, node), needs, memory);
  const inPart = Math.max(...needs.map((_, h) => leastInPart(choices, h)));
  if (expired()) return { moves: soonProven(choices), bytes: inPart };
  const all = indices(choices.count);
  const whole = aim === 'cheapest' && meets(choices, all);
  return { moves: leastCount(choices), bytes: whole ? Math.max(inPart, cheapestSet(choices, all).least) : inPart };
}

/** The node's guests that may move, and its groups, which move whole. */
function movableOn({ first, itemsOf, movable }: Problem, node: number): readonly number[] {
  return [...itemsOf.subarray(first[node], first[node + 1])].filter((item) => movable[item] === 1);
}

/** Memory that leaves the node at least for one need, when what relieves most for its memory goes first and the last in part. */
function leastInPart({ count, needs, relief, price }: Choices, h: number): number {
  const amount = (i: number): number => relief[i * needs + h] as number;
  const worth = new Float64Array(count);
  for (let i = 0; i < count; i++) worth[i] = amount(i) / Math.max(1, price[i] as number);
  const order = indices(count)
    .filter((i) => amount(i) > 0)
    .sort((a, b) => (worth[b] as number) - (worth[a] as number));
  let rest = 1;
  let bytes = 0;
  for (const i of order) {
    bytes += Math.min(1, rest / amount(i)) * (price[i] as number);
    rest -= amount(i);
    if (rest <= 0) break;
  }
  return bytes;
}
