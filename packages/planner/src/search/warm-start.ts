import type { Ratio } from '@ballast/core';
import { HEATS } from '../engine/problem.ts';
import type { ReliefInput } from '../engine/relief-input.ts';
import type { Relieved } from '../engine/relieve.ts';
import { State } from '../engine/state.ts';
import { fullness } from '../engine/targets.ts';
import { above } from '../limits.ts';
import type { Compiled } from './compile.ts';
import type { Planning } from './planning.ts';
import { previousTarget } from './previous.ts';

/** So much more may cross the network for what was planned before. Loads that are measured again differ by as much. */
const MORE_BYTES: Ratio = 0.05;
/** So far above its goal, in shares of its capacity, a node may stay with what was planned before. */
const ABOVE_GOAL: Ratio = 0.01;

/**
 * The relief that was found, with the moves of the last plan for every node for which they still do: they may be made, take no
 * more migrations and hardly more bytes, and leave the node hardly warmer than what was found. Else a load that is measured
 * again, a little different, would bring other guests and other targets in every round.
 */
export function warmStart(planning: Planning, compiled: Compiled, input: ReliefInput, found: Relieved): Relieved {
  if (planning.previous.size === 0 || found.moved.length === 0) return found;
  const { problem, sources } = input;
  const targets = previousMoves(planning, compiled);
  if (targets.size === 0) return found;
  const [before, now] = [byHome(problem.home, targets.keys()), byHome(problem.home, found.moved)];
  const state = new State(problem, found.state.limit);
  const kept = new Set<number>();
  for (const node of sources) {
    const mine = before.get(node) ?? [];
    if (mine.length === 0 || !stillHelp(input, node, mine, now.get(node) ?? [])) continue;
    if (moveAll(state, mine, targets)) kept.add(node);
  }
  if (kept.size === 0) return found;
  const goal = input.target.goal;
  for (const item of found.moved) {
    if (kept.has(problem.home[item] as number)) continue;
    const to = roomFor(state, item, found.state.at[item] as number, goal);
    if (to < 0) return found;
    state.move(item, to);
  }
  const moved = sources.flatMap((node) => (kept.has(node) ? before : now).get(node) ?? []);
  return { ...found, state, moved };
}

/** Items that the last plan moved, with the index of the node each went to. */
function previousMoves(planning: Planning, { units, nodes, problem }: Compiled): ReadonlyMap<number, number> {
  const index = new Map(nodes.map((node, n) => [node, n]));
  const targets = new Map<number, number>();
  for (const [item, unit] of units.entries()) {
    const node = problem.movable[item] === 1 ? previousTarget(planning, unit) : undefined;
    const n = node === undefined ? undefined : index.get(node);
    if (n !== undefined) targets.set(item, n);
  }
  return targets;
}

function byHome(home: Int32Array, items: Iterable<number>): ReadonlyMap<number, readonly number[]> {
  const groups = new Map<number, number[]>();
  for (const item of items) {
    const node = home[item] as number;
    const group = groups.get(node);
    if (group === undefined) groups.set(node, [item]);
    else group.push(item);
  }
  return groups;
}

function stillHelp(input: ReliefInput, node: number, mine: readonly number[], others: readonly number[]): boolean {
  const { problem, target, hot, minGain, aim } = input;
  const sum = (items: readonly number[], values: ArrayLike<number>): number =>
    items.reduce((total, item) => total + (values[item] as number), 0);
  if (aim === 'fewest' && sum(mine, problem.moves) > sum(others, problem.moves)) return false;
  if (sum(mine, problem.price) > sum(others, problem.price) * (1 + MORE_BYTES)) return false;
  const takes = (items: readonly number[], h: number): number =>
    items.reduce((total, item) => total + (problem.relief[item * HEATS + h] as number), 0);
  const pays = (item: number): boolean =>
    [0, 1].some((h) => {
      const share = (problem.relief[item * HEATS + h] as number) / (problem.capacity[node * HEATS + h] as number);
      return hot[node * HEATS + h] === 1 && share > 0 && !above(minGain, share);
    });
  return (
    mine.every(pays) &&
    [0, 1].every((h) => {
      const k = node * HEATS + h;
      if (hot[k] !== 1) return true;
      const heat = problem.heat[k] as number;
      const most = Math.max(target.goal[k] as number, heat - takes(others, h));
      return heat - takes(mine, h) <= most + ABOVE_GOAL * (problem.capacity[k] as number);
    })
  );
}

/** Makes all of the moves, or none. */
function moveAll(state: State, items: readonly number[], targets: ReadonlyMap<number, number>): boolean {
  const { home } = state.problem;
  const done: number[] = [];
  for (const item of items) {
    const to = targets.get(item) as number;
    if (!state.fits(item, to)) {
      for (const back of done.reverse()) state.move(back, home[back] as number);
      return false;
    }
    state.move(item, to);
    done.push(item);
  }
  return true;
}

/** Where it was found to go; or the node with most room of those that can take it now; -1 where there is none. */
function roomFor(state: State, item: number, found: number, goal: Float64Array): number {
  if (state.fits(item, found)) return found;
  let [best, least] = [-1, Number.POSITIVE_INFINITY];
  for (let n = 0; n < state.problem.nodes; n++) {
    if (!state.fits(item, n)) continue;
    const full = fullness(state, item, n, goal);
    if (full < least) [best, least] = [n, full];
  }
  return best;
}
