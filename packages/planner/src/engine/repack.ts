import type { Random } from '@ballast/core';
import type { Relief } from './drain.ts';
import { setWithin } from './least.ts';
import { choicesOf, needsOf } from './needs.ts';
import { HEATS } from './problem.ts';
import { roomiest, tightest } from './targets.ts';

/** How many items in a row may give way to each other. */
const CHAIN = 2;
/** Nodes that are looked at for an item that another one would have to give way to. */
const MOST_LOOKS = 60;

/** Items that moved, by the node they are on, with a way back. */
export class Board {
  readonly relief: Relief;
  /** Items that are on a node that is not theirs. */
  readonly #guests: number[][];
  readonly #trail: number[] = [];

  constructor(relief: Relief) {
    const { problem, at } = relief.state;
    this.relief = relief;
    this.#guests = Array.from({ length: problem.nodes }, () => []);
    for (let item = 0; item < problem.items; item++) {
      if (at[item] !== problem.home[item]) this.#guests[at[item] as number]?.push(item);
    }
  }

  guests(node: number): readonly number[] {
    return this.#guests[node] as readonly number[];
  }

  move(item: number, to: number): void {
    this.#trail.push(item, this.relief.state.at[item] as number);
    this.#shift(item, to);
  }

  mark(): number {
    return this.#trail.length;
  }

  rollback(mark: number): void {
    while (this.#trail.length > mark) {
      const to = this.#trail.pop() as number;
      this.#shift(this.#trail.pop() as number, to);
    }
  }

  /** Keeps what was moved since. */
  keep(): void {
    this.#trail.length = 0;
  }

  #shift(item: number, to: number): void {
    const { state } = this.relief;
    const from = state.at[item] as number;
    const home = state.problem.home[item] as number;
    if (from !== home) {
      const here = this.#guests[from] as number[];
      here.splice(here.indexOf(item), 1);
    }
    state.move(item, to);
    if (to !== home) this.#guests[to]?.push(item);
  }
}

/**
 * Relieves one node anew with at most so many moves: other items of it leave, and where they find no room, items of other
 * nodes that moved already go elsewhere, one giving way to the other (ejection chains). Tells whether it could; otherwise
 * nothing has changed.
 */
export function repack(board: Board, node: number, moves: number, random: Random): boolean {
  const { state } = board.relief;
  const mark = board.mark();
  const { first, itemsOf } = state.problem;
  for (let p = first[node] as number; p < (first[node + 1] as number); p++) {
    const item = itemsOf[p] as number;
    if (state.at[item] !== node) board.move(item, node);
  }
  const set = someSet(board.relief, node, moves, random);
  const tight = random() < 0.5;
  if (set?.every((item) => place(board, item, set, tight, random, CHAIN))) return true;
  board.rollback(mark);
  return false;
}

/** Items of the node that relieve it with at most so many moves, by chance; the largest first. */
function someSet(relief: Relief, node: number, moves: number, random: Random): readonly number[] | undefined {
  const { state } = relief;
  const { problem } = state;
  const needs = needsOf(problem, state.heat, relief, node);
  const items: number[] = [];
  for (let p = problem.first[node] as number; p < (problem.first[node + 1] as number); p++) {
    const item = problem.itemsOf[p] as number;
    if (problem.movable[item] === 1) items.push(item);
  }
  const choices = choicesOf(problem, items, needs, () => 0);
  const set = setWithin(choices, moves, (strength) => strength * (0.75 + 0.5 * random()));
  if (set === undefined) return undefined;
  return set.map((i) => items[i] as number).sort((a, b) => volume(relief, b, node) - volume(relief, a, node) || a - b);
}

/** What an item takes of a node: the larger of its two shares. */
function volume({ state }: Relief, item: number, node: number): number {
  let most = 0;
  for (let h = 0; h < HEATS; h++) {
    const share =
      (state.problem.relief[item * HEATS + h] as number) / (state.problem.capacity[node * HEATS + h] as number);
    if (share > most) most = share;
  }
  return most;
}

/** Finds an item room, another one giving way where there is none. What it changed before it failed, the caller takes back. */
function place(
  board: Board,
  item: number,
  fixed: readonly number[],
  tight: boolean,
  random: Random,
  chain: number,
): boolean {
  const { relief } = board;
  const { state } = relief;
  const to = tight ? tightest(state, item, relief.target, random) : roomiest(state, item, relief.target);
  if (to >= 0) {
    board.move(item, to);
    return true;
  }
  if (chain === 0) return false;
  const { nodes, home } = state.problem;
  const start = Math.floor(random() * nodes);
  let looks = 0;
  for (let i = 0; i < nodes && looks < MOST_LOOKS; i++) {
    const node = (start + i) % nodes;
    const guests = board.guests(node);
    if (guests.length === 0 || node === home[item] || node === state.at[item] || !state.allows(item, node)) continue;
    looks += 1;
    for (const other of guests.slice()) {
      if (fixed.includes(other) || !wouldFit(relief, item, other, node)) continue;
      const mark = board.mark();
      board.move(other, home[other] as number);
      board.move(item, node);
      if (place(board, other, [...fixed, item, other], tight, random, chain - 1)) return true;
      board.rollback(mark);
    }
  }
  return false;
}

/** Whether an item would fit if another left the node. */
function wouldFit({ state }: Relief, item: number, other: number, node: number): boolean {
  const { rooms, size } = state.problem;
  for (let d = 0; d < rooms; d++) {
    const k = node * rooms + d;
    const load = (state.load[k] as number) - (size[other * rooms + d] as number) + (size[item * rooms + d] as number);
    if (load > (state.limit[k] as number)) return false;
  }
  return true;
}
