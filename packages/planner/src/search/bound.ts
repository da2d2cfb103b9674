import type { PlanBound } from '@ballast/core';
import type { PlacedGuest, PlacedNode } from '../placement/placed.ts';
import { strays } from './mend.ts';
import type { Planning } from './planning.ts';
import type { ReliefTask } from './relieve.ts';
import { movable, unitsOn } from './unit.ts';

/**
 * The least that any plan needs, before the first step: on each node the moves that relieve it, that empty it, or that
 * take guests off it which may not be there, whichever are most. Undefined where nothing is asked.
 */
export function planBound(planning: Planning, task: ReliefTask | undefined): PlanBound | undefined {
  const least = new Map<string, PlanBound>();
  for (const [n, bound] of task?.input.bounds ?? []) least.set(task?.compiled.nodes[n]?.name ?? '', bound);
  const off = new Map<PlacedNode, PlacedGuest[]>();
  for (const guest of planning.isFor('rules') ? strays(planning) : []) {
    if (guest.moved || guest.assessed.blockers.length > 0) continue;
    off.set(guest.node, [...(off.get(guest.node) ?? []), guest]);
  }
  for (const node of planning.placement.nodes) {
    const leaving = off.get(node) ?? [];
    const units = planning.empties(node)
      ? unitsOn(planning, node).filter((unit) => movable(planning, unit, 'maintenance'))
      : [];
    const guests = units.length > 0 ? units.flatMap((unit) => unit.guests) : leaving;
    const known = least.get(node.name) ?? { moves: 0, bytes: 0 };
    if (guests.length === 0) continue;
    const bytes = guests.reduce((sum, guest) => sum + guest.loads.expected.memory, 0);
    least.set(node.name, { moves: Math.max(known.moves, guests.length), bytes: Math.max(known.bytes, bytes) });
  }
  if (least.size === 0) return undefined;
  let [moves, bytes] = [0, 0];
  for (const bound of least.values()) {
    moves += bound.moves;
    bytes += bound.bytes;
  }
  return { moves, bytes };
}
