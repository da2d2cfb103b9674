import type { Alternative } from '@ballast/core';
import type { State } from '../engine/state.ts';
import { fullness } from '../engine/targets.ts';
import type { PlacedNode } from '../placement/placed.ts';

/** What else there was for a step. */
export interface Alternatives {
  /** Nodes that may take it, the chosen one among them. */
  readonly count: number;
  /** Whether no other has more room. */
  readonly best: boolean;
  /** The chosen one, then those with the most room. */
  readonly list: readonly Alternative[];
}

/** Alternatives that a step tells of, beside the chosen one. */
const MOST = 3;

/** The nodes that could take an item now, within the limits that the state has. */
export function alternatives(
  state: State,
  item: number,
  chosen: number,
  goal: Float64Array,
  nodes: readonly PlacedNode[],
): Alternatives {
  const mine = fullness(state, item, chosen, goal);
  const top: { readonly node: number; readonly full: number }[] = [];
  let count = 1;
  let worst = Number.POSITIVE_INFINITY;
  for (let n = 0; n < nodes.length; n++) {
    if (n === chosen || !state.fits(item, n)) continue;
    count += 1;
    const full = fullness(state, item, n, goal);
    if (full >= worst) continue;
    if (top.length === MOST) top.pop();
    const behind = top.findIndex((other) => other.full > full);
    top.splice(behind < 0 ? top.length : behind, 0, { node: n, full });
    if (top.length === MOST) worst = top[MOST - 1]?.full ?? worst;
  }
  const named = [{ node: chosen, full: mine }, ...top];
  return {
    count,
    best: top.every(({ full }) => mine <= full + 1e-9),
    list: named.map(({ node, full }) => ({ node: nodes[node]?.name ?? '', fullness: full })),
  };
}
