import type { Random } from '@ballast/core';
import { above } from '../limits.ts';
import { drain, NOWHERE, type Relief } from './drain.ts';
import { HEATS } from './problem.ts';
import { Board, repack } from './repack.ts';
import { roomiest } from './targets.ts';

export interface SearchLimits {
  readonly random: Random;
  /** Neighbourhoods tried without an improvement, for each node that is not at its bound, before the search ends. */
  readonly patience: number;
  /** Neighbourhoods tried in all. */
  readonly most: number;
  /** Asked between neighbourhoods: the search ends when it says so, with the best it has. */
  readonly expired: () => boolean;
  /**
   * Goes on from what takes as many moves, whatever their price, and at times from what takes one more; the best is kept aside.
   * Gets about where room is short, and takes longer.
   */
  readonly wander: boolean;
}

/** How often a search that wanders goes on from what takes a move more. */
const DETOURS = 0.1;

/** Neighbourhoods that one node alone is given: there are many, and few of them help. */
const LEAST_PATIENCE = 100;

/** Items above which nodes are mostly done anew one by one: that costs least where there are many. */
const MANY_ITEMS = 5000;

/** What a set of nodes costs: what is left above the goal, then moves, then their price. */
export interface Score {
  excess: number;
  moves: number;
  price: number;
}

/**
 * Large-neighbourhood search: some relieved nodes get their items back, and are drained anew in another order, with other
 * choices and other targets; or one node is to do with a move less, and what moved before gives way ({@link repack}). What
 * is no worse is kept. Ends when no node takes more moves than its bound and none is
 * left above the goal: then fewer moves are impossible.
 *
 * @param sources nodes to relieve
 * @param bound for each of them the least moves that relieve it
 */
export function search(
  relief: Relief,
  sources: readonly number[],
  bound: ReadonlyMap<number, number>,
  limits: SearchLimits,
): number {
  const { random } = limits;
  let idle = 0;
  let tries = 0;
  let board: Board | undefined;
  const best = limits.wander ? new Best(relief, sources) : undefined;
  const share = relief.state.problem.items > MANY_ITEMS ? 0.7 : 0.5;
  for (; tries < limits.most; tries++) {
    const open = sources.filter((node) => isOpen(relief, node, bound.get(node) ?? 0));
    if (open.length === 0 || idle >= patienceFor(relief, open, limits.patience) || limits.expired()) break;
    const seed = open[Math.floor(random() * open.length)] as number;
    let better: boolean;
    if (random() < share) {
      board ??= new Board(relief);
      better = repack(board, seed, fewer(relief, seed, bound.get(seed) ?? 0, random), random);
      if (better) board.keep();
    } else {
      board = undefined;
      better = retry(relief, neighbourhood(sources, seed, random), random, limits.wander);
    }
    if (best !== undefined) better = best.beaten();
    idle = better ? 0 : idle + 1;
  }
  best?.restore();
  return tries;
}

/** The best placement that a search came by. */
class Best {
  readonly #relief: Relief;
  readonly #sources: readonly number[];
  #score: Score;
  #at: Int32Array;

  constructor(relief: Relief, sources: readonly number[]) {
    this.#relief = relief;
    this.#sources = sources;
    this.#score = scoreOf(relief, sources);
    this.#at = relief.state.at.slice();
  }

  /** Keeps the placement of now where it is better; tells whether it takes fewer moves, or leaves less above the goal. */
  beaten(): boolean {
    const now = scoreOf(this.#relief, this.#sources);
    if (compare(now, this.#score) >= 0) return false;
    const fewer = compare({ ...now, price: 0 }, { ...this.#score, price: 0 }) < 0;
    this.#score = now;
    this.#at.set(this.#relief.state.at);
    return fewer;
  }

  restore(): void {
    const { state, hint } = this.#relief;
    for (const [item, node] of this.#at.entries()) if (state.at[item] !== node) state.move(item, node);
    hint.fill(-1);
  }
}

/** Whether a node could do with fewer moves. The cheapest set of guests is found exactly: only room can be short. */
function isOpen(relief: Relief, node: number, bound: number): boolean {
  const { excess, moves } = scoreOf(relief, [node]);
  return (excess > 0 && mayHelp(relief, node)) || (relief.aim === 'fewest' && moves > bound);
}

/** The moves that a node is to do with: one less than now, or, where it is not relieved, as many as it takes. */
function fewer(relief: Relief, node: number, bound: number, random: Random): number {
  const { excess, moves } = scoreOf(relief, [node]);
  return excess > 0 ? Math.max(bound, moves) + Math.floor(random() * 2) : moves - 1;
}

/** More for nodes that are relieved and could do with fewer moves than for those that find no room. */
function patienceFor(relief: Relief, open: readonly number[], each: number): number {
  const relieved = open.some((node) => scoreOf(relief, [node]).excess === 0);
  return each * Math.min(open.length, 20) + (relieved ? LEAST_PATIENCE : 0);
}

/** Whether any item of the node may leave it. */
function mayHelp({ state }: Relief, node: number): boolean {
  const { first, itemsOf, movable } = state.problem;
  for (let p = first[node] as number; p < (first[node + 1] as number); p++) {
    if (movable[itemsOf[p] as number] === 1) return true;
  }
  return false;
}

/** The seed and some others, by chance. */
function neighbourhood(sources: readonly number[], seed: number, random: Random): readonly number[] {
  const chosen = new Set([seed]);
  const size = 2 + Math.floor(random() * 4);
  for (let i = 0; i < size; i++) chosen.add(sources[Math.floor(random() * sources.length)] as number);
  return [...chosen];
}

/** Drains the nodes anew, and keeps that when it is no worse, or nearly so where it wanders. Tells whether it is better. */
function retry(relief: Relief, nodes: readonly number[], random: Random, wander: boolean): boolean {
  const before = scoreOf(relief, nodes);
  const moved = nodes.flatMap((node) => movedFrom(relief, node));
  const places = moved.map((item) => relief.state.at[item] as number);
  takeBack(relief, moved);
  const tight = random() < 0.5;
  for (const node of shuffled(nodes, random)) drain(relief, node, { random, tight });
  const now = scoreOf(relief, nodes);
  const order = compare(now, before);
  const most = wander ? before.moves + (random() < DETOURS ? 1 : 0) : -1;
  if (order > 0 && (above(now.excess, before.excess) || now.moves > most)) {
    for (const node of nodes) takeBack(relief, movedFrom(relief, node));
    for (const [i, item] of moved.entries()) relief.state.move(item, places[i] as number);
  }
  return order < 0;
}

/** Brings items back to their nodes. What they make room for may fit now. */
export function takeBack({ state, hint, lost }: Relief, items: readonly number[]): void {
  for (const item of items) state.move(item, state.problem.home[item] as number);
  if (items.length === 0) return;
  for (const item of lost) if (hint[item] === NOWHERE) hint[item] = -1;
  lost.length = 0;
}

/** Puts each item that moved where most room is now, the largest first: the search may have left some in tight places. */
export function spread(relief: Relief, sources: readonly number[]): void {
  const { state, target } = relief;
  const { problem } = state;
  const moved = sources.flatMap((node) => movedFrom(relief, node));
  const size = (item: number): number => {
    let most = 0;
    const home = problem.home[item] as number;
    for (let h = 0; h < HEATS; h++) {
      const share = (problem.relief[item * HEATS + h] as number) / (problem.capacity[home * HEATS + h] as number);
      if (share > most) most = share;
    }
    return most;
  };
  const sizes = new Map(moved.map((item) => [item, size(item)]));
  for (const item of moved.toSorted((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0) || a - b)) {
    const place = state.at[item] as number;
    state.move(item, problem.home[item] as number);
    const best = roomiest(state, item, target);
    state.move(item, best >= 0 ? best : place);
  }
}

/** Items that belong to the node and are elsewhere. */
export function movedFrom({ state }: Relief, node: number): readonly number[] {
  const { first, itemsOf } = state.problem;
  const found: number[] = [];
  for (let p = first[node] as number; p < (first[node + 1] as number); p++) {
    const item = itemsOf[p] as number;
    if (state.at[item] !== node) found.push(item);
  }
  return found;
}

export function scoreOf(relief: Relief, nodes: readonly number[]): Score {
  const { state, goal, hot } = relief;
  const { capacity, moves, price } = state.problem;
  const score = { excess: 0, moves: 0, price: 0 };
  for (const node of nodes) {
    for (let h = 0; h < HEATS; h++) {
      const k = node * HEATS + h;
      const over = ((state.heat[k] as number) - (goal[k] as number)) / (capacity[k] as number);
      if (hot[k] === 1 && above(over, 0)) score.excess += over;
    }
    for (const item of movedFrom(relief, node)) {
      score.moves += moves[item] as number;
      score.price += price[item] as number;
    }
  }
  return score;
}

export function compare(a: Score, b: Score): number {
  if (above(a.excess, b.excess) || above(b.excess, a.excess)) return a.excess - b.excess;
  return a.moves - b.moves || (above(a.price / Math.max(1, b.price), 1) ? 1 : a.price < b.price ? -1 : 0);
}

export function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j] as T, mixed[i] as T];
  }
  return mixed;
}
