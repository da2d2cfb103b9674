import type { PlacedGuest, PlacedNode } from '../placement/placed.ts';
import { gatherWhy, pinWhy } from '../text/why.ts';
import { scattered, strays } from './broken.ts';
import { giveWay, roomiestFirst } from './give-way.ts';
import { gatherOn, mendAt, part } from './mend.ts';
import { obstacle } from './obstacle.ts';
import type { Planning } from './planning.ts';
import { mayFindRoom, utilizationWith } from './targets.ts';
import { movable, type Unit, unitOf } from './unit.ts';

/** Guests, or groups on one node each, that others are asked to make room for in one go: each takes some milliseconds. */
const MOST_ASKED = 10;

/** Brings groups together that are still apart, where guests of other nodes give way. */
export function gatherWithRoom(planning: Planning): void {
  let left = MOST_ASKED;
  for (const group of planning.rulebook.allGroups) {
    const members = scattered(planning, group);
    for (const node of mostFirst(members)) {
      const guests = members.filter((member) => member.node !== node);
      const unit: Unit = { guests, node: (guests[0] as PlacedGuest).node, group, apart: [] };
      if (!movable(planning, unit, 'mend-rule') || isOver(planning, left--)) continue;
      // Elsewhere fewer might have to give way: no more is said than what is broken.
      const why = gatherWhy(members, group, node).slice(0, 1);
      if (giveWay(planning, unit, [node], () => gatherOn(planning, group, members, node, why))) break;
    }
  }
}

/** Mends pins and rules of anti-affinity that are still broken, where guests of other nodes give way. */
export function mendWithRoom(planning: Planning): void {
  let left = MOST_ASKED;
  const squeezeIn = (unit: Unit, why: () => string): boolean => {
    if (isOver(planning, left) || !movable(planning, unit, 'mend-rule')) return false;
    if (!mayFindRoom(planning, unit, 'mend-rule')) return false;
    left -= 1;
    return giveWay(planning, unit, roomiestFirst(planning, unit), (node) => {
      if (obstacle(planning, unit, node, 'mend-rule', 'ceiling') !== undefined) return false;
      mendAt(planning, unit, { node, after: utilizationWith(node, unit) }, why());
      return true;
    });
  };
  for (const guest of strays(planning)) squeezeIn(unitOf(planning, guest), () => pinWhy(planning, guest));
  for (const rule of planning.rulebook.allApart) part(planning, rule, squeezeIn);
}

function isOver({ input }: Planning, left: number): boolean {
  return left <= 0 || input.effort?.expired?.() === true;
}

/** The nodes of a group that is apart, those with most of it first. */
function mostFirst(members: readonly PlacedGuest[]): readonly PlacedNode[] {
  const counts = new Map<PlacedNode, number>();
  for (const { node } of members) counts.set(node, (counts.get(node) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([node]) => node);
}
