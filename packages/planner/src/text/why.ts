import {
  type AffinityRule,
  type AntiAffinityRule,
  dominant,
  type MigrationReason,
  RESOURCES,
  type Resource,
  type Utilization,
} from '@ballast/core';
import { above } from '../limits.ts';
import { byId } from '../placement/order.ts';
import type { PlacedGuest, PlacedNode } from '../placement/placed.ts';
import { settledUtilization } from '../placement/placement.ts';
import { topologyOf } from '../rules/places.ts';
import type { Group } from '../rules/rulebook.ts';
import type { Alternatives } from '../search/alternatives.ts';
import type { Planning } from '../search/planning.ts';
import { countTargets, type Target } from '../search/targets.ts';
import type { Unit } from '../search/unit.ts';
import { cores, count, emptiedBy, list, percent, RESOURCE_WORDS, ruleName, size, span } from './words.ts';

/** Why this guest relieves its node best, and why it goes there, with the numbers to check it by. */
export function reliefWhy(
  planning: Planning,
  unit: Unit,
  target: Target,
  resource: Resource,
  others: Pick<Alternatives, 'count' | 'best'>,
): readonly string[] {
  return [
    nodeSentence(planning, unit.node, resource),
    unitSentence(unit, resource, target.node),
    ...groupSentence(unit),
    roomSentence(unit, target, others.count, others.best),
  ];
}

/** How far the two nodes stand apart, and how far they would. */
export function evenWhy(
  unit: Unit,
  target: Target,
  resource: Resource,
  others: Pick<Alternatives, 'count' | 'best'>,
): readonly string[] {
  const share = (ratio: Utilization): string => percent(dominant(ratio).ratio);
  const [from, to] = [settledUtilization(unit.node), settledUtilization(target.node)];
  return [
    `${unit.node.name} stands at ${share(from)} and ${target.node.name} at ${share(to)}: the load is evened out.`,
    unitSentence(unit, resource, target.node),
    ...groupSentence(unit),
    roomSentence(unit, target, others.count, others.best),
  ];
}

/** That the unit makes room, and where it goes. */
export function makeRoomWhy(
  unit: Unit,
  target: Target,
  others: Pick<Alternatives, 'count' | 'best'>,
): readonly string[] {
  const goes = unit.guests.length === 1 ? 'goes' : 'go';
  return [
    `${names(unit.guests)} ${goes} so that ${unit.node.name} has room for a guest of a hot node.`,
    ...groupSentence(unit),
    roomSentence(unit, target, others.count, others.best),
  ];
}

/** That the unit gives way to others that come to its node, and where it goes. */
export function giveWayWhy(
  planning: Planning,
  unit: Unit,
  target: Target,
  arriving: readonly string[],
): readonly string[] {
  const goes = unit.guests.length === 1 ? 'goes' : 'go';
  return [
    `${names(unit.guests)} ${goes} so that ${unit.node.name} may take ${list(arriving)}.`,
    ...groupSentence(unit),
    targetSentence(planning, unit, target, 'make-room'),
  ];
}

/** That the node is to be emptied, and what the one that takes the unit comes to. */
export function packWhy(unit: Unit, { node, after }: Target): readonly string[] {
  const change = RESOURCES.map((resource) => changeOf(settledUtilization(node), after, resource)).join(', ');
  return [
    `${unit.node.name} is emptied: the other nodes have room for its guests.`,
    ...groupSentence(unit),
    `${node.name} is filled: ${change}.`,
  ];
}

export function maintenanceWhy(planning: Planning, unit: Unit, target: Target): readonly string[] {
  return [
    `${unit.node.name} is ${emptiedBy(unit.node.assessed.node)}: its guests go elsewhere.`,
    ...groupSentence(unit),
    targetSentence(planning, unit, target, 'maintenance'),
  ];
}

export function gatherWhy(members: readonly PlacedGuest[], group: Group, to: PlacedNode): readonly string[] {
  const rule = list(group.sources.map(ruleName));
  const where = list(members.toSorted(byId).map((member) => `${member.guest.name} on ${member.node.name}`));
  return [
    `These guests belong on one node (${rule}): ${where}.`,
    `Bringing them together on ${to.name} takes fewest moves.`,
  ];
}

export function nearWhy(members: readonly PlacedGuest[], rule: AffinityRule): string {
  const where = list(members.toSorted(byId).map((member) => `${member.guest.name} on ${member.node.name}`));
  return `These guests belong in one ${topologyOf(rule)} (${ruleName(rule.source)}): ${where}.`;
}

export function pinWhy(planning: Planning, { id, guest, node }: PlacedGuest): string {
  const rule = planning.rulebook.pins.get(id)?.find(({ nodes }) => !nodes.includes(node.name));
  if (rule === undefined) return '';
  return `${guest.name} may run on ${list(rule.nodes)} alone (${ruleName(rule.source)}), and is on ${node.name}.`;
}

export function apartWhy(rule: AntiAffinityRule, guests: readonly PlacedGuest[]): string {
  const names = list(guests.toSorted(byId).map(({ guest }) => guest.name));
  return `${names} may not share a ${topologyOf(rule)} (${ruleName(rule.source)}).`;
}

/** Where the node stands, against which limit, since when, and what weights will change about it. */
function nodeSentence(planning: Planning, node: PlacedNode, resource: Resource): string {
  const now = settledUtilization(node)[resource];
  const { high, target } = planning.policy[resource];
  const rounds = node.assessed.class === 'over' ? ` for ${count(node.assessed.roundsOver, 'round')}` : '';
  const seen = node.assessed.utilization[resource];
  const word = RESOURCE_WORDS[resource];
  const relieved = `it is relieved to ${percent(target)}.`;
  if (planning.hasLeft(node)) {
    const goal = above(now, target) ? `, above its target of ${percent(target)}` : '';
    return `${node.name} would still stand at ${word} ${percent(now)} after the steps before${goal}.`;
  }
  // What comes to it made it hot: traffic, or steps of this plan.
  if (!above(seen, high))
    return `${node.name} would stand at ${word} ${percent(now)}, above ${percent(high)}; ${relieved}`;
  const shifts = above(seen, now) || above(now, seen);
  const weights = shifts ? ` Traffic and moves under way take it to ${percent(now)}.` : '';
  return `${node.name} stands at ${word} ${percent(seen)}, above ${percent(high)}${rounds}; ${relieved}${weights}`;
}

/** What the unit takes along, and at what price. */
function unitSentence({ guests, node }: Unit, resource: Resource, to: PlacedNode): string {
  const used = guests.reduce((total, guest) => total + guest.loads.expected[resource], 0);
  const before = settledUtilization(node)[resource];
  const after = Math.max(0, before - used / node.capacity[resource]);
  const costs = guests.map((guest) => guest.costTo(to.name));
  const bytes = costs.reduce((total, cost) => total + cost.bytes, 0);
  const time = costs.reduce((total, cost) => total + cost.duration, 0);
  const amount = resource === 'cpu' ? cores(used) : size(used);
  return `${names(guests)} ${guests.length === 1 ? 'takes' : 'take'} ${amount} of ${RESOURCE_WORDS[resource]} along: ${percent(before)} → ${percent(after)} for ${size(bytes)} over the network in about ${span(time)}.`;
}

function groupSentence({ guests, group }: Unit): readonly string[] {
  if (group === undefined || guests.length < 2) return [];
  return [`${names(guests)} move together (${list(group.sources.map(ruleName))}).`];
}

/** What the target comes to, and how it stands out. */
export function targetSentence(
  planning: Planning,
  unit: Unit,
  { node, after }: Target,
  reason: MigrationReason,
): string {
  return roomSentence(unit, { node, after }, countTargets(planning, unit, reason, 'ceiling'), true);
}

function roomSentence(unit: Unit, { node, after }: Target, choices: number, best: boolean): string {
  const change = RESOURCES.map((resource) => changeOf(settledUtilization(node), after, resource)).join(', ');
  const it = unit.guests.length === 1 ? 'it' : 'them';
  const room = best ? 'has the most room' : 'fits best with the other moves';
  const rank =
    choices === 1 ? `is the only node that may take ${it}` : `${room} of the ${choices} nodes that may take ${it}`;
  return `${node.name} ${rank}: ${change}.`;
}

function changeOf(before: Utilization, after: Utilization, resource: Resource): string {
  return `${RESOURCE_WORDS[resource]} ${percent(before[resource])} → ${percent(after[resource])}`;
}

function names(guests: readonly PlacedGuest[]): string {
  return list(guests.toSorted(byId).map(({ guest }) => guest.name));
}
