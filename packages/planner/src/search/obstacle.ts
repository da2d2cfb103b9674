import type { MigrationReason } from '@ballast/core';
import { leftLately } from '../assessment/rest.ts';
import type { Bound, PlacedGuest, PlacedNode } from '../placement/placed.ts';
import { lackOfDisk } from '../placement/placement.ts';
import { tightest } from '../placement/tightest.ts';
import { entryOf } from '../records.ts';
import { topologyOf } from '../rules/places.ts';
import { emptiedBy, list, percent, ruleName, size, span } from '../text/words.ts';
import { strayed } from './near.ts';
import type { Planning } from './planning.ts';
import { weakens } from './reserve.ts';
import type { Unit } from './unit.ts';
import type { Obstacle } from './verdict.ts';

type Check = (unit: Unit, to: PlacedNode, reason: MigrationReason, planning: Planning) => Obstacle | undefined;

const CHECKS: readonly Check[] = [unavailable, pinned, affinity, near, antiAffinity, refused, pingPong, diskRoom];

/** What keeps a unit from a node, when it would move there for this reason; nothing when it may go. */
export function obstacle(
  planning: Planning,
  unit: Unit,
  to: PlacedNode,
  reason: MigrationReason,
  bound: Bound,
): Obstacle | undefined {
  for (const check of CHECKS) {
    const found = check(unit, to, reason, planning);
    if (found !== undefined) return found;
  }
  return noRoom(planning, unit, to, bound) ?? reserved(planning, unit, to);
}

function reserved(planning: Planning, unit: Unit, to: PlacedNode): Obstacle | undefined {
  if (!weakens(planning, unit.guests, to)) return undefined;
  const detail = (): string =>
    `With ${named(unit)} on ${to.name}, HA guests would find no room if a node failed (balance.reserve).`;
  return { code: 'reserve', detail };
}

function unavailable(_unit: Unit, to: PlacedNode): Obstacle | undefined {
  if (to.takesGuests) return undefined;
  const { status, maintenance } = to.assessed.node;
  if (status === 'online' && !maintenance) return { code: 'no-room', detail: () => strainOf(to) };
  const state =
    status === 'online' ? emptiedBy(to.assessed.node) : status === 'offline' ? 'offline' : 'in an unknown state';
  return { code: 'refused', detail: () => `${to.name} is ${state}.` };
}

/** The words for a node whose pressure is above its ceiling. */
export function strainOf({ name, assessed }: PlacedNode): string {
  return `${name} is strained: something waits there ${percent(assessed.pressure)} of the time (balance.pressure.ceiling).`;
}

function pinned(unit: Unit, to: PlacedNode, _reason: MigrationReason, { rulebook }: Planning): Obstacle | undefined {
  for (const { id, guest } of unit.guests) {
    const rule = rulebook.pins.get(id)?.find(({ nodes }) => !nodes.includes(to.name));
    if (rule === undefined) continue;
    const nodes = rule.nodes.length === 0 ? 'no node' : list(rule.nodes);
    return { code: 'pinned', detail: () => `${guest.name} may run on ${nodes} alone (${ruleName(rule.source)}).` };
  }
  return undefined;
}

/** A group that is together moves as one; a part of a split group joins another part, or leaves a node that empties. */
function affinity(unit: Unit, to: PlacedNode, reason: MigrationReason): Obstacle | undefined {
  const { group, apart, guests } = unit;
  if (group === undefined || apart.length === 0 || reason === 'maintenance') return undefined;
  if (apart.some((other) => other.node === to)) return undefined;
  const detail = (): string => {
    const others = list(apart.map((other) => `${other.guest.name} on ${other.node.name}`));
    return `${guests[0]?.guest.name} belongs with ${others} (${list(group.sources.map(ruleName))}).`;
  };
  return { code: 'affinity', detail };
}

function near(unit: Unit, to: PlacedNode, reason: MigrationReason, planning: Planning): Obstacle | undefined {
  return strayed(planning, unit, to, reason);
}

function antiAffinity(unit: Unit, to: PlacedNode, _reason: MigrationReason, planning: Planning): Obstacle | undefined {
  const { apart, placeOf } = planning.rulebook;
  for (const guest of unit.guests) {
    for (const rule of apart.get(guest.id) ?? []) {
      const topology = topologyOf(rule);
      const there = topology === 'node' ? '' : placeOf(topology, to.name);
      // It is asked for every node: names are compared only where they have to be.
      const meets = (node: PlacedNode | undefined): boolean =>
        topology === 'node' ? node === to : node !== undefined && placeOf(topology, node.name) === there;
      for (const id of rule.guests) {
        const other = planning.placement.guest(id);
        if (other === undefined || other === guest) continue;
        const company = unit.guests.includes(other);
        if (!company && !meets(other.node) && !meets(other.leaves)) continue;
        const on = meets(other.node) ? other.node : other.leaves;
        const where = company ? 'which would come along' : `which is on ${on?.name}`;
        const source = ruleName(rule.source);
        const detail = (): string =>
          `${guest.guest.name} may not share a ${topology} with ${other.guest.name} (${source}), ${where}.`;
        return { code: 'anti-affinity', detail };
      }
    }
  }
  return undefined;
}

function refused(unit: Unit, to: PlacedNode, _reason: MigrationReason, planning: Planning): Obstacle | undefined {
  for (const { id, guest } of unit.guests) {
    const facts = planning.input.assessment.snapshot.facts[id];
    const said = entryOf(facts?.refusedNodes ?? {}, to.name);
    if (said === undefined) continue;
    const code = facts?.otherProcessor?.includes(to.name) === true ? 'cpu-type' : 'refused';
    return { code, detail: () => `${to.name} cannot take ${guest.name}: ${said}` };
  }
  return undefined;
}

function pingPong(unit: Unit, to: PlacedNode, reason: MigrationReason, planning: Planning): Obstacle | undefined {
  if (reason === 'mend-rule' || reason === 'maintenance') return undefined;
  const { policy, now, moves } = planning;
  for (const { id, guest, node } of unit.guests) {
    const left = leftLately(moves.get(id) ?? [], node.name, to.name, policy, now);
    if (left === undefined) continue;
    const detail = (): string =>
      `${guest.name} was moved away from ${to.name} ${span(now - left)} ago and does not return within ${span(policy.noReturn)}.`;
    return { code: 'ping-pong', detail };
  }
  return undefined;
}

function diskRoom(unit: Unit, to: PlacedNode): Obstacle | undefined {
  const lack = lackOfDisk(unit.guests, to);
  if (lack === undefined) return undefined;
  const detail = (): string =>
    `${to.name} has no room for the disks of ${named(unit)}: storage ${lack.storage} has ${size(Math.max(0, lack.free))} left there after the steps before, and they need ${size(lack.needed)}.`;
  return { code: 'no-room', detail };
}

function noRoom(planning: Planning, unit: Unit, to: PlacedNode, bound: Bound): Obstacle | undefined {
  const tight = tightest(planning.placement.limits, unit.guests, to, bound);
  if (tight === undefined) return undefined;
  return { code: 'no-room', detail: () => `${to.name} has no room for ${named(unit)}: ${tight()}.` };
}

function named(unit: Unit): string {
  return list(unit.guests.map(({ guest }: PlacedGuest) => guest.name));
}
