import type { AntiAffinityRule } from '@ballast/core';
import { compareGuests } from '../placement/order.ts';
import type { PlacedGuest } from '../placement/placed.ts';
import { topologyOf } from '../rules/places.ts';
import type { Group } from '../rules/rulebook.ts';
import { dispersed } from './near.ts';
import type { Planning } from './planning.ts';

/** Guests that a rule wants elsewhere. */
export function brokenRuleGuests(planning: Planning): readonly PlacedGuest[] {
  const { rulebook } = planning;
  const found = new Set([
    ...rulebook.allGroups.flatMap((group) => scattered(planning, group)),
    ...rulebook.allNear.flatMap((rule) => dispersed(planning, rule)),
    ...strays(planning),
    ...rulebook.allApart.flatMap((rule) => crowded(planning, rule).flat()),
  ]);
  return [...found];
}

/** Guests of a group that is not on one node; none when it is. */
export function scattered(planning: Planning, group: Group): readonly PlacedGuest[] {
  const members = group.guests.flatMap((id) => planning.placement.guest(id) ?? []);
  return new Set(members.map((member) => member.node)).size > 1 ? members.sort(compareGuests) : [];
}

/** Whether a guest is off the nodes that a pin allows. */
export function offPin(planning: Planning, guest: PlacedGuest): boolean {
  const pins = planning.rulebook.pins.get(guest.id) ?? [];
  return pins.some((rule) => !rule.nodes.includes(guest.node.name));
}

/** Guests that are off the nodes that a pin allows. */
export function strays(planning: Planning): readonly PlacedGuest[] {
  const found: PlacedGuest[] = [];
  for (const [id, pins] of planning.rulebook.pins) {
    const guest = planning.placement.guest(id);
    if (guest !== undefined && pins.some((rule) => !rule.nodes.includes(guest.node.name))) found.push(guest);
  }
  return found.sort(compareGuests);
}

/** Rules of anti-affinity that guests break where they are. */
export function conflictsOf({ placement, rulebook }: Planning, guests: readonly PlacedGuest[]): number {
  const breaks = (guest: PlacedGuest, rule: AntiAffinityRule): boolean => {
    const place = ({ node }: PlacedGuest): string => rulebook.placeOf(topologyOf(rule), node.name);
    const here = place(guest);
    return rule.guests.some((id) => {
      const other = placement.guest(id);
      return other !== undefined && other !== guest && place(other) === here;
    });
  };
  return guests.reduce(
    (sum, guest) => sum + (rulebook.apart.get(guest.id) ?? []).filter((rule) => breaks(guest, rule)).length,
    0,
  );
}

/** Guests that share a node against the rule, node by node; or a rack, rack by rack. */
export function crowded(planning: Planning, rule: AntiAffinityRule): readonly (readonly PlacedGuest[])[] {
  const byPlace = new Map<string, PlacedGuest[]>();
  const topology = topologyOf(rule);
  for (const id of rule.guests) {
    const guest = planning.placement.guest(id);
    if (guest === undefined) continue;
    const place = planning.rulebook.placeOf(topology, guest.node.name);
    const sharing = byPlace.get(place);
    if (sharing === undefined) byPlace.set(place, [guest]);
    else sharing.push(guest);
  }
  if (byPlace.size === rule.guests.length) return [];
  const shared = [...byPlace.values()].filter((guests) => guests.length > 1);
  for (const guests of shared) guests.sort(compareGuests);
  return shared.sort(([a], [b]) => compareGuests(a as PlacedGuest, b as PlacedGuest));
}
