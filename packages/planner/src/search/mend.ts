import { type AntiAffinityRule, dominant } from '@ballast/core';
import { priceOf } from '../placement/cost.ts';
import type { Bound, PlacedGuest, PlacedNode } from '../placement/placed.ts';
import type { Group } from '../rules/rulebook.ts';
import { apartWhy, gatherWhy, pinWhy, targetSentence } from '../text/why.ts';
import { conflictsOf, crowded, offPin, scattered, strays } from './broken.ts';
import { bringNear } from './mend-near.ts';
import { obstacle } from './obstacle.ts';
import type { Planning } from './planning.ts';
import { firstTarget, type Target, utilizationWith } from './targets.ts';
import { movable, type Unit, unitOf } from './unit.ts';

/** A rule that is broken is worth more than evenness: its guests may fill a node up to the ceiling. */
const BOUNDS: readonly Bound[] = ['target', 'high', 'ceiling'];

/** Brings groups together that are apart, each with the fewest moves: that often mends the pins of their guests as well. */
export function gatherGroups(planning: Planning): void {
  for (const group of planning.rulebook.allGroups) gather(planning, group);
}

/** Mends other rules that are broken, each with the fewest moves. */
export function mendRules(planning: Planning): void {
  for (const rule of planning.rulebook.allNear) bringNear(planning, rule);
  for (const guest of strays(planning)) repin(planning, guest);
  for (const rule of planning.rulebook.allApart) part(planning, rule);
}

interface Gathering {
  readonly to: PlacedNode;
  readonly moves: number;
  /** 1 where the node would ask for relief then, which takes a move at least. */
  readonly heated: 0 | 1;
  readonly price: number;
  readonly fullness: number;
}

/** Brings a group together on the node that takes the fewest moves, all of it or none. */
function gather(planning: Planning, group: Group): void {
  const members = scattered(planning, group);
  if (members.length === 0) return;
  const [best] = planning.placement.nodes
    .flatMap((to) => tryGathering(planning, group, members, to) ?? [])
    .sort(
      (a, b) =>
        a.moves + a.heated - b.moves - b.heated || a.heated - b.heated || a.price - b.price || a.fullness - b.fullness,
    );
  if (best !== undefined) gatherOn(planning, group, members, best.to);
}

function tryGathering(
  planning: Planning,
  group: Group,
  members: readonly PlacedGuest[],
  to: PlacedNode,
): Gathering | undefined {
  const start = planning.checkpoint();
  const done = gatherOn(planning, group, members, to);
  const steps = planning.steps.slice(start.steps);
  const fullness = dominant(utilizationWith(to, { guests: [], node: to, apart: [] })).ratio;
  const heated = planning.hot(to).length > 0 ? 1 : 0;
  planning.rollback(start);
  if (!done) return undefined;
  return { to, moves: steps.length, heated, price: priceOf(steps), fullness };
}

/** Moves every member that is elsewhere to the node, or none of them. */
export function gatherOn(
  planning: Planning,
  group: Group,
  members: readonly PlacedGuest[],
  to: PlacedNode,
  why: readonly string[] = gatherWhy(members, group, to),
): boolean {
  const start = planning.checkpoint();
  const movers = members.filter((member) => member.node !== to);
  const moved = movers.every((member) => {
    const unit: Unit = { guests: [member], node: member.node, apart: [] };
    if (!movable(planning, unit, 'mend-rule') || obstacle(planning, unit, to, 'mend-rule', 'ceiling') !== undefined)
      return false;
    planning.commit([member], to, 'mend-rule', dominant(utilizationWith(to, unit)).resource, why);
    return true;
  });
  const whole = moved && planning.steps.length <= planning.policy.maxSteps;
  const together = whole && members.every((member) => staysAllowed(planning, member));
  if (!together) planning.rollback(start);
  return together;
}

/** Whether a member that was on the node from the start may be there at all. */
function staysAllowed(planning: Planning, member: PlacedGuest): boolean {
  return member.moved || !offPin(planning, member);
}

function repin(planning: Planning, guest: PlacedGuest): void {
  if (!offPin(planning, guest)) return;
  mend(planning, unitOf(planning, guest), () => pinWhy(planning, guest));
}

/**
 * Leaves one guest of the rule on each node: the others go, those that break most rules first, then those that cost least.
 *
 * @param bring takes a unit to another node, and tells whether it could
 */
export function part(
  planning: Planning,
  rule: AntiAffinityRule,
  bring = (unit: Unit, why: () => string): boolean => mend(planning, unit, why),
): void {
  for (const guests of crowded(planning, rule)) {
    let left = guests.length;
    const units = guests.map((guest) => unitOf(planning, guest));
    const conflicts = new Map(units.map((unit) => [unit, conflictsOf(planning, unit.guests)]));
    // One that breaks several rules mends them all when it goes.
    for (const unit of units.sort((a, b) => (conflicts.get(b) ?? 0) - (conflicts.get(a) ?? 0) || byCost(a, b))) {
      if (left === 1) break;
      if (bring(unit, () => apartWhy(rule, guests))) left -= 1;
    }
  }
}

function mend(planning: Planning, unit: Unit, why: () => string): boolean {
  if (!movable(planning, unit, 'mend-rule') || !planning.admits(unit.guests.length)) return false;
  const target = firstTarget(planning, unit, 'mend-rule', BOUNDS);
  if (target === undefined) return false;
  mendAt(planning, unit, target, why());
  return true;
}

export function mendAt(planning: Planning, unit: Unit, target: Target, why: string): void {
  const sentences = [why, targetSentence(planning, unit, target, 'mend-rule')];
  planning.commit(unit.guests, target.node, 'mend-rule', dominant(target.after).resource, sentences);
}

function byCost(a: Unit, b: Unit): number {
  return a.guests.length - b.guests.length || priceOf(a.guests) - priceOf(b.guests);
}
