import { dominant } from '@ballast/core';
import type { Bound, PlacedNode } from '../placement/placed.ts';
import { giveWayWhy, maintenanceWhy } from '../text/why.ts';
import { obstacle } from './obstacle.ts';
import type { Planning } from './planning.ts';
import { firstTarget, fullnessWith, utilizationWith } from './targets.ts';
import { movable, shareOf, type Unit, unitsOn } from './unit.ts';

const BOUNDS: readonly Bound[] = ['target', 'high', 'ceiling'];
/** Others that leave one node: one if that will do. */
const MOST_LEAVING = [1, 4];
/** Looks at a node that are taken for one unit at most: every set of others that is tried takes one at all nodes. */
export const LOOKS_TO_GIVE_WAY = 2000;

/**
 * Brings a unit off a node that is to be emptied to one that guests, or groups, leave for it: for its room, or because they
 * may not be together. Tells whether it could; otherwise nothing has changed.
 */
export function giveWay(planning: Planning, unit: Unit): boolean {
  const nodes = roomiestFirst(planning, unit);
  let tries = LOOKS_TO_GIVE_WAY / nodes.length;
  for (const most of MOST_LEAVING) {
    for (const node of nodes) {
      if (tries <= 0) return false;
      const others = largestFirst(unitsOn(planning, node).filter((other) => movable(planning, other, 'make-room')));
      for (let first = 0; first < others.length && tries > 0; first++, tries--) {
        if (exchange(planning, unit, node, others.slice(first, first + most))) return true;
      }
    }
  }
  return false;
}

/** Lets others leave the node one by one until the unit may go there. */
function exchange(planning: Planning, unit: Unit, node: PlacedNode, others: readonly Unit[]): boolean {
  const start = planning.checkpoint();
  for (const other of others) {
    const away = firstTarget(planning, other, 'make-room', BOUNDS);
    if (away === undefined || !planning.admits(other.guests.length + unit.guests.length)) break;
    const why = giveWayWhy(planning, other, away, unit);
    planning.commit(other.guests, away.node, 'make-room', dominant(away.after).resource, why);
    if (obstacle(planning, unit, node, 'maintenance', 'ceiling') !== undefined) continue;
    const target = { node, after: utilizationWith(node, unit) };
    const reasons = maintenanceWhy(planning, unit, target);
    planning.commit(unit.guests, node, 'maintenance', dominant(target.after).resource, reasons);
    return true;
  }
  planning.rollback(start);
  return false;
}

function largestFirst(units: readonly Unit[]): readonly Unit[] {
  return units.toSorted((a, b) => shareOf(b) - shareOf(a));
}

function roomiestFirst(planning: Planning, unit: Unit): readonly PlacedNode[] {
  return planning.placement.nodes
    .filter((node) => node.takesGuests && node !== unit.node)
    .map((node) => ({ node, full: fullnessWith(planning, node, unit) }))
    .sort((a, b) => a.full - b.full)
    .map(({ node }) => node);
}
