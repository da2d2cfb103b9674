import type { NodeName } from '@ballast/core';
import type { PlacedNode } from '../placement/placed.ts';
import type { Planning } from './planning.ts';
import type { Unit } from './unit.ts';

/** Where the last plan had a unit go, as long as it is still where it was then. */
export function previousTarget({ previous, placement }: Planning, unit: Unit): PlacedNode | undefined {
  if (previous.size === 0) return undefined;
  let to: NodeName | undefined;
  for (const { id, node } of unit.guests) {
    const step = previous.get(id);
    if (step === undefined || step.from !== node.name || (to !== undefined && to !== step.to)) return undefined;
    to = step.to;
  }
  return to === undefined ? undefined : placement.node(to);
}
