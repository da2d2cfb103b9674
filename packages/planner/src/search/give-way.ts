import { dominant } from '@ballast/core';
import type { Bound, PlacedNode } from '../placement/placed.ts';
import { giveWayWhy } from '../text/why.ts';
import type { Planning } from './planning.ts';
import { firstTarget, fullnessWith } from './targets.ts';
import { movable, shareOf, type Unit, unitsOn } from './unit.ts';

const BOUNDS: readonly Bound[] = ['target', 'high', 'ceiling'];
/** Others that leave one node: one if that will do. */
const MOST_LEAVING = [1, 4];
/** Looks at a node that are taken for one unit at most: every set of others that is tried takes one at all nodes. */
export const LOOKS_TO_GIVE_WAY = 2000;

/**
 * Brings a unit to the first of these nodes that guests, or groups, leave for it: for its room, or because they may not be
 * together. Tells whether it could; otherwise nothing has changed.
 *
 * @param arrive brings the unit to the node, and tells whether it could; where not, it has changed nothing
 */
export function giveWay(
  planning: Planning,
  unit: Unit,
  nodes: readonly PlacedNode[],
  arrive: (node: PlacedNode) => boolean,
): boolean {
  let tries = LOOKS_TO_GIVE_WAY / planning.placement.nodes.length;
  for (const most of MOST_LEAVING) {
    for (const node of nodes) {
      if (tries <= 0) return false;
      const others = othersOn(planning, node, unit);
      for (let first = 0; first < others.length && tries > 0; first++, tries--) {
        if (exchange(planning, unit, others.slice(first, first + most), () => arrive(node))) return true;
      }
    }
  }
  return false;
}

/** Lets others leave the node one by one until the unit can arrive. */
function exchange(planning: Planning, unit: Unit, others: readonly Unit[], arrive: () => boolean): boolean {
  const start = planning.checkpoint();
  for (const other of others) {
    const away = firstTarget(planning, other, 'make-room', BOUNDS);
    if (away === undefined || !planning.admits(other.guests.length + unit.guests.length)) break;
    const arriving = unit.guests.map(({ guest }) => guest.name);
    const why = giveWayWhy(planning, other, away, arriving);
    planning.commit(other.guests, away.node, 'make-room', dominant(away.after).resource, why);
    if (arrive()) return true;
  }
  planning.rollback(start);
  return false;
}

/** What could leave the node, the largest first; not those who belong with the unit. */
function othersOn(planning: Planning, node: PlacedNode, { group }: Unit): readonly Unit[] {
  return unitsOn(planning, node)
    .filter((other) => (group === undefined || other.group !== group) && movable(planning, other, 'make-room'))
    .sort((a, b) => shareOf(b) - shareOf(a));
}

/** Nodes that take guests, those with most room for the unit first. */
export function roomiestFirst(planning: Planning, unit: Unit): readonly PlacedNode[] {
  return planning.placement.nodes
    .filter((node) => node.takesGuests && node !== unit.node)
    .map((node) => ({ node, full: fullnessWith(planning, node, unit) }))
    .sort((a, b) => a.full - b.full)
    .map(({ node }) => node);
}
