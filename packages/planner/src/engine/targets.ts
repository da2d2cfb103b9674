import type { Random } from '@ballast/core';
import { HEATS } from './problem.ts';
import type { State } from './state.ts';

/** How full a node is with an item on it: the fuller of its resources, in terms of `goal` (node x heat). */
export function fullness({ problem, heat }: State, item: number, node: number, goal: Float64Array): number {
  const { relief } = problem;
  const k = node * HEATS;
  const i = item * HEATS;
  const cpu = ((heat[k] as number) + (relief[i] as number)) / (goal[k] as number);
  const memory = ((heat[k + 1] as number) + (relief[i + 1] as number)) / (goal[k + 1] as number);
  // Not Math.max: what is no number fills nothing.
  let most = 0;
  if (cpu > most) most = cpu;
  if (memory > most) most = memory;
  return most;
}

/** The node that has most room left once the item is on it; -1 when none may take it. */
export function roomiest(state: State, item: number, goal: Float64Array): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  const { open } = state;
  for (let i = 0; i < open.length; i++) {
    const n = open[i] as number;
    const full = fullness(state, item, n, goal);
    // Whether it fits matters only for a node that would be chosen.
    if (full > least || (full === least && n > best) || !state.fits(item, n)) continue;
    least = full;
    best = n;
  }
  return best;
}

/** A node that the item fits into, as tightly as it can be: what is left stays in large pieces. */
export function tightest(state: State, item: number, goal: Float64Array, random: Random): number {
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  const noise = random() * 0.2;
  for (const n of state.open) {
    if (!state.fits(item, n)) continue;
    const full = fullness(state, item, n, goal) + noise * random();
    if (full <= most) continue;
    most = full;
    best = n;
  }
  return best;
}
