import type { PlacedGuest, PlacedNode } from '../placement/placed.ts';
import { pinWhy } from '../text/why.ts';
import { scattered, strays } from './broken.ts';
import { giveWay, roomiestFirst } from './give-way.ts';
import { gatherOn, mendAt, part } from './mend.ts';
import { obstacle } from './obstacle.ts';
import type { Planning } from './planning.ts';
import { mayFindRoom, utilizationWith } from './targets.ts';
import { movable, type Unit, unitOf } from './unit.ts';

/** Guests, or groups, that others make room for in one go: each takes some milliseconds. */
const MOST_SQUEEZED = 10;

/** Mends rules that are still broken by letting guests of other nodes give way. */
export function mendWithRoom(planning: Planning): void {
  const { rulebook } = planning;
  let left = MOST_SQUEEZED;
  const squeeze = (unit: Unit, nodes: readonly PlacedNode[], arrive: (node: PlacedNode) => boolean): boolean =>
    movable(planning, unit, 'mend-rule') && left-- > 0 && giveWay(planning, unit, nodes, arrive);
  for (const group of rulebook.allGroups) {
    const members = scattered(planning, group);
    for (const node of mostFirst(members)) {
      const guests = members.filter((member) => member.node !== node);
      const unit: Unit = { guests, node: (guests[0] as PlacedGuest).node, group, apart: [] };
      if (squeeze(unit, [node], () => gatherOn(planning, group, members, node))) break;
    }
  }
  const squeezeIn = (unit: Unit, why: () => string): boolean =>
    mayFindRoom(planning, unit, 'mend-rule') &&
    squeeze(unit, roomiestFirst(planning, unit), (node) => {
      if (obstacle(planning, unit, node, 'mend-rule', 'ceiling') !== undefined) return false;
      mendAt(planning, unit, { node, after: utilizationWith(node, unit) }, why());
      return true;
    });
  for (const guest of strays(planning)) squeezeIn(unitOf(planning, guest), () => pinWhy(planning, guest));
  for (const rule of rulebook.allApart) part(planning, rule, squeezeIn);
}

/** The nodes of a group that is apart, those with most of it first. */
function mostFirst(members: readonly PlacedGuest[]): readonly PlacedNode[] {
  const counts = new Map<PlacedNode, number>();
  for (const { node } of members) counts.set(node, (counts.get(node) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([node]) => node);
}
