import { dominant, type Ratio, utilization } from '@ballast/core';
import type { Bound } from '../placement/placed.ts';
import { maintenanceWhy } from '../text/why.ts';
import type { Planning } from './planning.ts';
import { firstTarget } from './targets.ts';
import { movable, type Unit, unitsOn } from './unit.ts';

const BOUNDS: readonly Bound[] = ['target', 'high', 'ceiling'];

/** Moves guests off the nodes in maintenance, the largest first: small ones still find room where large ones do not. */
export function evacuateNodes(planning: Planning): void {
  for (const node of planning.placement.nodes) {
    if (!planning.empties(node)) continue;
    const units = unitsOn(planning, node).map((unit) => ({ unit, share: shareOf(unit) }));
    for (const { unit } of units.sort((a, b) => b.share - a.share)) evacuate(planning, unit);
  }
}

function evacuate(planning: Planning, unit: Unit): void {
  if (!movable(planning, unit, 'maintenance') || !planning.admits(unit.guests.length)) return;
  // A part of a split group goes to another part of it, as a mend would; if that cannot be, to any node.
  const target = firstTarget(planning, unit, 'mend-rule', BOUNDS) ?? firstTarget(planning, unit, 'maintenance', BOUNDS);
  if (target === undefined) return;
  const why = maintenanceWhy(planning, unit, target);
  planning.commit(unit.guests, target.node, 'maintenance', dominant(target.after).resource, why);
}

function shareOf({ guests, node }: Unit): Ratio {
  return guests.reduce((total, guest) => total + dominant(utilization(guest.loads.expected, node.capacity)).ratio, 0);
}
