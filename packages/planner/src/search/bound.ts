import { type NodeName, type PlanBound, RESOURCES } from '@ballast/core';
import { boundOf } from '../engine/bound.ts';
import { HEATS } from '../engine/problem.ts';
import { above } from '../limits.ts';
import type { PlacedGuest, PlacedNode } from '../placement/placed.ts';
import { settledUtilization } from '../placement/placement.ts';
import { strays } from './broken.ts';
import type { Planning } from './planning.ts';
import type { ReliefTask } from './relieve.ts';
import { movable, unitsOn } from './unit.ts';

/**
 * The least that any plan needs which comes as far, before the first step: on each node the moves that relieve it, that empty
 * it, or that take guests off it which may not be there, whichever are most. Undefined where nothing is asked.
 *
 * @param task the relief that was asked for before the first step
 * @param leaving what {@link leastLeaving} told then
 */
export function planBound(
  planning: Planning,
  task: ReliefTask | undefined,
  leaving: ReadonlyMap<NodeName, PlanBound>,
): PlanBound | undefined {
  const least = new Map(leaving);
  for (const [name, { moves, bytes }] of task === undefined ? [] : leastRelief(planning, task)) {
    const known = least.get(name) ?? { moves: 0, bytes: 0 };
    least.set(name, { moves: Math.max(known.moves, moves), bytes: Math.max(known.bytes, bytes) });
  }
  if (least.size === 0) return undefined;
  let [moves, bytes] = [0, 0];
  for (const bound of least.values()) {
    moves += bound.moves;
    bytes += bound.bytes;
  }
  return { moves, bytes };
}

/** What has to leave each node that is to be emptied, or that holds guests which may not be there. */
export function leastLeaving(planning: Planning): ReadonlyMap<NodeName, PlanBound> {
  const least = new Map<NodeName, PlanBound>();
  const off = new Map<PlacedNode, PlacedGuest[]>();
  for (const guest of planning.isFor('rules') ? strays(planning) : []) {
    if (guest.moved || guest.assessed.blockers.length > 0) continue;
    off.set(guest.node, [...(off.get(guest.node) ?? []), guest]);
  }
  for (const node of planning.placement.nodes) {
    const units = planning.empties(node)
      ? unitsOn(planning, node).filter((unit) => movable(planning, unit, 'maintenance'))
      : [];
    const guests = units.length > 0 ? units.flatMap((unit) => unit.guests) : (off.get(node) ?? []);
    if (guests.length === 0) continue;
    const bytes = guests.reduce((sum, guest) => sum + guest.loads.expected.memory, 0);
    least.set(node.name, { moves: guests.length, bytes });
  }
  return least;
}

/** What relieves each node down to `target`; or below `high`, where the plan brings it no further. */
function leastRelief(planning: Planning, { compiled, input }: ReliefTask): ReadonlyMap<NodeName, PlanBound> {
  const { problem, bounds, hot, high, aim, effort } = input;
  const least = new Map<NodeName, PlanBound>();
  for (const [n, bound] of bounds) {
    const name = compiled.nodes[n]?.name ?? '';
    const node = planning.placement.node(name);
    const ratio = node === undefined ? undefined : settledUtilization(node);
    const isShort = RESOURCES.some(
      (resource, h) => hot[n * HEATS + h] === 1 && above(ratio?.[resource] ?? 0, planning.policy[resource].target),
    );
    const goal = { goal: high.goal, hot };
    least.set(name, isShort && input.target !== high ? boundOf(problem, n, goal, aim, effort.expired) : bound);
  }
  return least;
}
