import type { MigrationReason, Resource } from '@ballast/core';
import { State } from '../engine/state.ts';
import { fullness } from '../engine/targets.ts';
import type { PlacedNode } from '../placement/placed.ts';
import { lackOfDisk } from '../placement/placement.ts';
import { type Alternatives, alternatives } from './alternatives.ts';
import type { Compiled } from './compile.ts';
import type { Planning } from './planning.ts';
import { weakens } from './reserve.ts';
import { type Target, utilizationWith } from './targets.ts';
import type { Unit } from './unit.ts';

/** What is told of a step. */
export interface Telling {
  readonly reason: MigrationReason;
  /** What the gain is told for. */
  readonly resource: Resource;
  readonly why: readonly string[];
}

/**
 * Where the search has it; or, where that takes the room that a failure needs, or the disks that the plan brings along fill a
 * storage, the next best node that does not.
 */
function targetOf(
  planning: Planning,
  state: State,
  item: number,
  found: number,
  unit: Unit,
  nodes: readonly PlacedNode[],
): number {
  const holds = (n: number): boolean => lackOfDisk(unit.guests, nodes[n] as PlacedNode) === undefined;
  const free = (n: number): boolean =>
    state.fits(item, n) && holds(n) && !weakens(planning, unit.guests, nodes[n] as PlacedNode);
  if (free(found)) return found;
  const settable = planning.policy.reserve === 'enforce' || !holds(found);
  if (!settable || !planning.asksRelief(unit.node)) return -1;
  const { capacity } = state.problem;
  const others = nodes.map((_, n) => n).filter((n) => n !== found && state.fits(item, n));
  const full = new Map(others.map((n) => [n, fullness(state, item, n, capacity)]));
  return others.sort((a, b) => (full.get(a) ?? 0) - (full.get(b) ?? 0)).find(free) ?? -1;
}

export type Tell = (unit: Unit, target: Target, others: Alternatives, item: number) => Telling;

/**
 * Makes steps of what a search moved, in an order in which each holds when it runs. What can find no place in any order
 * is left out.
 *
 * @param limitOf what nodes may hold while an item is on its way, node x room
 * @param order items in the order in which they are to move, where nothing stands against it
 * @param found where each goes
 */
export function carryOver(
  planning: Planning,
  { problem, nodes, units, level }: Compiled,
  limitOf: (item: number) => Float64Array,
  order: readonly number[],
  found: State,
  tell: Tell,
): void {
  const ceiling = level('ceiling').limit;
  const state = new State(problem, ceiling);
  const { goal } = level('target');
  for (let open = order; open.length > 0; ) {
    const waiting = open.filter((item) => {
      state.limit = limitOf(item);
      const unit = units[item] as Unit;
      const to = targetOf(planning, state, item, found.at[item] as number, unit, nodes);
      if (to < 0) return true;
      if (!planning.admits(unit.guests.length)) return false;
      state.limit = ceiling;
      const others = alternatives(state, item, to, goal, nodes);
      state.move(item, to);
      const node = nodes[to] as PlacedNode;
      const { reason, resource, why } = tell(unit, { node, after: utilizationWith(node, unit) }, others, item);
      planning.commit(unit.guests, node, reason, resource, why, others.list);
      return false;
    });
    if (waiting.length === open.length) return;
    open = waiting;
  }
}
