import { type AffinityRule, dominant } from '@ballast/core';
import type { PlacedGuest, PlacedNode } from '../placement/placed.ts';
import { nearWhy, targetSentence } from '../text/why.ts';
import { dispersed, placeOfRule } from './near.ts';
import type { Planning } from './planning.ts';
import { firstTarget } from './targets.ts';
import { movable, unitOf } from './unit.ts';

/** Brings the guests of a rule into the rack that takes the fewest moves, all of them or none. */
export function bringNear(planning: Planning, rule: AffinityRule): void {
  const members = dispersed(planning, rule);
  const counts = new Map<string, number>();
  for (const { node } of members) {
    const place = placeOfRule(planning, rule, node);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  // The first of those with the most guests: in the order of their nodes' names.
  const places = [...counts].sort(([, a], [, b]) => b - a).map(([place]) => place);
  for (const place of places) if (bringTo(planning, rule, members, place)) return;
}

function bringTo(planning: Planning, rule: AffinityRule, members: readonly PlacedGuest[], place: string): boolean {
  const start = planning.checkpoint();
  const within = (node: PlacedNode): boolean => placeOfRule(planning, rule, node) === place;
  const why = nearWhy(members, rule);
  const together = members.every((member) => {
    if (within(member.node)) return true;
    const unit = unitOf(planning, member);
    if (!movable(planning, unit, 'mend-rule') || !planning.admits(unit.guests.length)) return false;
    const target = firstTarget(planning, unit, 'mend-rule', ['target', 'high', 'ceiling'], { among: within });
    if (target === undefined) return false;
    const sentences = [why, targetSentence(planning, unit, target, 'mend-rule')];
    planning.commit(unit.guests, target.node, 'mend-rule', dominant(target.after).resource, sentences);
    return true;
  });
  if (!together) planning.rollback(start);
  return together;
}
