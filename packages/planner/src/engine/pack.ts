import { dominantOf, itemsByNode } from './even.ts';
import { bySize, homeless } from './failover.ts';
import type { State } from './state.ts';

export interface PackInput {
  /** With the limits that nodes may be filled up to. */
  readonly state: State;
  /** Nodes that may be emptied, those that are tried first in front. */
  readonly candidates: readonly number[];
  /** Nodes that hold guests and may take more: none other is filled. */
  readonly used: ReadonlySet<number>;
  /** Node x room: what a node may hold once another one failed. */
  readonly ceiling: Float64Array;
  readonly expired: () => boolean;
}

export interface Packed {
  /** In the order in which they were emptied. */
  readonly emptied: readonly number[];
  readonly moved: readonly number[];
}

interface Emptying {
  readonly node: number;
  readonly moves: readonly (readonly [item: number, to: number])[];
}

/**
 * Empties as many nodes as it can, one after the other: what is on one goes, the largest first, to the fullest nodes that
 * take it. As many of them stay emptied as leave room on the rest for all guests of any one node that fails.
 */
export function pack(input: PackInput): Packed {
  const { state, candidates, used, expired } = input;
  const items = itemsByNode(state);
  const targets = new Set(used);
  const received = new Set<number>();
  const done: Emptying[] = [];
  for (const node of candidates) {
    if (expired()) break;
    if (received.has(node)) continue;
    targets.delete(node);
    const moves = emptied(state, items[node] ?? [], targets);
    if (moves === undefined) targets.add(node);
    else {
      done.push({ node, moves });
      for (const [, to] of moves) received.add(to);
    }
  }
  const most = longest(done.length, (length) => {
    return withFirst(state, done, length, () =>
      survives(input, new Set(done.slice(0, length).map(({ node }) => node))),
    );
  });
  for (const { node, moves } of done.slice(most).reverse()) for (const [item] of moves) state.move(item, node);
  const kept = done.slice(0, most);
  return { emptied: kept.map(({ node }) => node), moved: kept.flatMap(({ moves }) => moves.map(([item]) => item)) };
}

/** Moves all items off their node, or none. */
function emptied(state: State, items: readonly number[], targets: ReadonlySet<number>): Emptying['moves'] | undefined {
  const moves: (readonly [number, number])[] = [];
  for (const item of bySize(state, items)) {
    const home = state.at[item] as number;
    const to = fullestFor(state, item, targets);
    if (to < 0) {
      for (const [back] of moves) state.move(back, home);
      return undefined;
    }
    state.move(item, to);
    moves.push([item, to]);
  }
  return moves;
}

function fullestFor(state: State, item: number, targets: ReadonlySet<number>): number {
  let [best, most] = [-1, -1];
  for (const node of targets) {
    if (!state.fits(item, node)) continue;
    const share = dominantOf(state, node, item);
    if (share <= most) continue;
    most = share;
    best = node;
  }
  return best;
}

/** Whether the guests of any one node that is left fit on the others. */
function survives({ state, used, ceiling }: PackInput, gone: ReadonlySet<number>): boolean {
  const { problem } = state;
  const rest = [...used].filter((node) => !gone.has(node));
  const failing = state.under(ceiling, rest);
  const items = itemsByNode(state);
  return rest.every((node) => homeless(failing, items[node] ?? [], problem.capacity).length === 0);
}

/** Runs something as if only the first few had been emptied. */
function withFirst<T>(state: State, done: readonly Emptying[], length: number, run: () => T): T {
  const later = done.slice(length);
  for (const { node, moves } of later.toReversed()) for (const [item] of moves) state.move(item, node);
  const result = run();
  for (const { moves } of later) for (const [item, to] of moves) state.move(item, to);
  return result;
}

/** The largest number from 0 to `most` for which it holds, where it holds for every smaller one. */
function longest(most: number, holds: (number: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
