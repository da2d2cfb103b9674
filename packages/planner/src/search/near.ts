import type { AffinityRule, MigrationReason } from '@ballast/core';
import { compareGuests } from '../placement/order.ts';
import type { PlacedGuest, PlacedNode } from '../placement/placed.ts';
import { topologyOf } from '../rules/places.ts';
import { list, ruleName } from '../text/words.ts';
import type { Planning } from './planning.ts';
import type { Unit } from './unit.ts';
import type { Obstacle } from './verdict.ts';

/**
 * What keeps a unit from a node because its guests belong in one rack with others: they move within it. To mend the rule they
 * go to where others of it are, and off a node in maintenance wherever they can, once the rule is broken anyway.
 */
export function strayed(
  planning: Planning,
  unit: Unit,
  to: PlacedNode,
  reason: MigrationReason = 'relieve-cpu',
): Obstacle | undefined {
  const { placeOf, near } = planning.rulebook;
  for (const { id, guest, node } of unit.guests) {
    for (const rule of near.get(id) ?? []) {
      const topology = topologyOf(rule);
      const [here, there] = [placeOf(topology, node.name), placeOf(topology, to.name)];
      const others = membersOf(planning, rule).filter((other) => !unit.guests.includes(other));
      if (here === there || others.length === 0) continue;
      const places = others.map((other) => placeOf(topology, other.node.name));
      const whole = places.every((place) => place === here);
      if (!whole && (reason === 'maintenance' || (reason === 'mend-rule' && places.includes(there)))) continue;
      const company = list(others.map((other) => `${other.guest.name} on ${other.node.name}`));
      const detail = (): string =>
        `${guest.name} belongs in one ${topology} with ${company} (${ruleName(rule.source)}), and ${to.name} is in another.`;
      return { code: 'affinity', detail };
    }
  }
  return undefined;
}

/** Guests of a rule that are not in one rack; none when they are. */
export function dispersed(planning: Planning, rule: AffinityRule): readonly PlacedGuest[] {
  const members = membersOf(planning, rule);
  const places = new Set(members.map((member) => placeOfRule(planning, rule, member.node)));
  return places.size > 1 ? members : [];
}

function membersOf({ placement }: Planning, rule: AffinityRule): readonly PlacedGuest[] {
  return rule.guests.flatMap((id) => placement.guest(id) ?? []).sort(compareGuests);
}

/** The rack that a node stands for under a rule. */
export function placeOfRule({ rulebook }: Planning, rule: AffinityRule, node: PlacedNode): string {
  return rulebook.placeOf(topologyOf(rule), node.name);
}
