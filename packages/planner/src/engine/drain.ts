import type { Random } from '@ballast/core';
import { above } from '../limits.ts';
import type { Aim, Choices } from './choices.ts';
import { cover } from './cover.ts';
import { type Asked, choicesOf, type Need, needsOf } from './needs.ts';
import { HEATS } from './problem.ts';
import type { State } from './state.ts';
import { roomiest, tightest } from './targets.ts';

/** What relief is after. */
export interface Relief extends Asked {
  readonly state: State;
  /** Node x heat: `target`; says how full a node is. */
  readonly target: Float64Array;
  /** Least fall of the hotter of the two nodes, as a ratio, that makes a move worth its while. */
  readonly minGain: number;
  readonly aim: Aim;
  /** Whether time is up: then whatever will do is taken. */
  readonly expired: () => boolean;
  /**
   * For each item a node it is known to have fitted into, where to look first: -1 for none, {@link NOWHERE} when it fitted
   * nowhere, as it will until something leaves a target.
   */
  readonly hint: Int32Array;
  /** Items that fitted nowhere since others were last taken back. */
  readonly lost: number[];
}

export const NOWHERE = -2;

/** How a search strays from the straight way. */
export interface Stray {
  readonly random: Random;
  /** Puts items where they fit most tightly, not where there is most room. */
  readonly tight: boolean;
}

/**
 * Moves items off a node until its hot resources are down at the goal, or nothing more helps. The item that goes
 * the longest way towards the goal is placed first: small ones still find room where it would not.
 */
export function drain(relief: Relief, node: number, stray?: Stray): void {
  drainOff(relief, node, stray);
  relief.state.admit(node);
}

function drainOff(relief: Relief, node: number, stray?: Stray): void {
  for (;;) {
    const needs = needsOf(relief.state.problem, relief.state.heat, relief, node);
    if (needs.length === 0) return;
    const items = candidates(relief, node, needs);
    if (items.length === 0) return;
    const choices = choicesOf(relief.state.problem, items, needs, priceIn(relief, node, stray));
    const set = cover(choices, relief.aim, { pairs: stray === undefined, soon: relief.expired() });
    // Without a set that is enough, the one that helps most goes, and the rest is looked at anew.
    const order = bySize(choices, set ?? items.map((_, i) => i)).slice(0, set === undefined ? 1 : undefined);
    if (
      place(
        relief,
        node,
        needs,
        order.map((i) => items[i] as number),
        stray,
      ) === 0
    )
      return;
  }
}

/** Places items in their order until one finds no room; how many were placed. */
function place(relief: Relief, node: number, needs: readonly Need[], items: readonly number[], stray?: Stray): number {
  for (const [placed, item] of items.entries()) {
    const to = stray?.tight
      ? tightest(relief.state, item, relief.target, stray.random)
      : targetOf(relief, item, node, needs);
    if (to < 0) return placed;
    relief.state.move(item, to);
  }
  return items.length;
}

/** Items of the node that may leave it, have somewhere to go, and are worth it. */
function candidates(relief: Relief, node: number, needs: readonly Need[]): readonly number[] {
  const { state } = relief;
  const { first, itemsOf, movable } = state.problem;
  const found: number[] = [];
  // Where no gain is too small, what takes one item mostly takes the next one, too: most need no look at all nodes.
  let recent = -1;
  for (let p = first[node] as number; p < (first[node + 1] as number); p++) {
    const item = itemsOf[p] as number;
    if (movable[item] === 0 || state.at[item] !== node) continue;
    if (!needs.some(({ heat }) => (state.problem.relief[item * HEATS + heat] as number) > 0)) continue;
    const known = relief.minGain === 0 && recent >= 0 && state.fits(item, recent);
    const to =
      known && worthwhile(relief, item, node, recent, needs) ? recent : targetOf(relief, item, node, needs, true);
    if (to < 0) continue;
    found.push(item);
    recent = to;
  }
  return found;
}

/**
 * Where an item would go: the roomiest node. With `any`, a node that will do, which is found sooner. -1 when there is
 * none, or when the heat would only be carried along.
 */
function targetOf(relief: Relief, item: number, node: number, needs: readonly Need[], any = false): number {
  const { state, target, hint, lost } = relief;
  const known = hint[item] as number;
  if (known === NOWHERE) return -1;
  if (any && known >= 0 && state.fits(item, known) && worthwhile(relief, item, node, known, needs)) return known;
  const to = roomiest(state, item, target);
  hint[item] = to < 0 ? NOWHERE : to;
  if (to < 0) lost.push(item);
  return to >= 0 && worthwhile(relief, item, node, to, needs) ? to : -1;
}

/** Whether some hot resource of the node falls by `minGain`, and so does the higher of the two nodes. */
function worthwhile(
  { state, minGain }: Relief,
  item: number,
  from: number,
  to: number,
  needs: readonly Need[],
): boolean {
  const { capacity, relief } = state.problem;
  for (let n = 0; n < needs.length; n++) {
    const { heat } = needs[n] as Need;
    const amount = relief[item * HEATS + heat] as number;
    const a = from * HEATS + heat;
    const b = to * HEATS + heat;
    const before = (state.heat[a] as number) / (capacity[a] as number);
    const left = before - amount / (capacity[a] as number);
    const reached = ((state.heat[b] as number) + amount) / (capacity[b] as number);
    if (amount > 0 && !above(minGain, before - Math.max(left, reached))) return true;
  }
  return false;
}

/** What settles between items: cheap ones go, or, to find room where that fails, small ones, each with some chance in it. */
function priceIn({ state, aim }: Relief, node: number, stray: Stray | undefined): (item: number) => number {
  const price = (item: number): number => state.problem.price[item] as number;
  if (stray === undefined) return price;
  const base = aim === 'cheapest' ? price : (item: number): number => volume(state, item, node);
  return (item) => base(item) * (0.4 + 1.2 * stray.random());
}

/** How much of a node an item takes, all resources together. */
function volume({ problem }: State, item: number, node: number): number {
  let total = 0;
  for (let h = 0; h < HEATS; h++)
    total += (problem.relief[item * HEATS + h] as number) / (problem.capacity[node * HEATS + h] as number);
  return total;
}

/** Those that go the longest way towards the needs, for each of their moves, first; of two the cheaper. */
function bySize({ relief, needs, moves, price }: Choices, set: readonly number[]): readonly number[] {
  const size = (i: number): number => {
    let sum = 0;
    for (let h = 0; h < needs; h++) sum += Math.min(1, relief[i * needs + h] as number);
    return sum / (moves[i] as number);
  };
  return [...set].sort((a, b) => size(b) - size(a) || (price[a] as number) - (price[b] as number) || a - b);
}
