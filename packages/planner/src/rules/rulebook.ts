import type {
  AffinityRule,
  AntiAffinityRule,
  GuestId,
  IgnoreRule,
  Node,
  PinRule,
  Rule,
  RuleSource,
} from '@ballast/core';
import { compareNames } from '../limits.ts';
import { type PlaceOf, placesOf, topologyOf } from './places.ts';

/** Guests that belong on one node: affinity rules that share a guest are one group. */
export interface Group {
  /** By id. */
  readonly guests: readonly GuestId[];
  readonly sources: readonly RuleSource[];
}

/** Rules, found by guest. */
export interface Rulebook {
  readonly pins: ReadonlyMap<GuestId, readonly PinRule[]>;
  readonly groups: ReadonlyMap<GuestId, Group>;
  readonly apart: ReadonlyMap<GuestId, readonly AntiAffinityRule[]>;
  /** Affinity by a label: its guests belong in one rack, and move one by one. */
  readonly near: ReadonlyMap<GuestId, readonly AffinityRule[]>;
  readonly ignored: ReadonlyMap<GuestId, IgnoreRule>;
  /** Each once, in an order that does not depend on theirs in the input. */
  readonly allApart: readonly AntiAffinityRule[];
  readonly allGroups: readonly Group[];
  readonly allNear: readonly AffinityRule[];
  readonly placeOf: PlaceOf;
}

/** @param nodes what the labels of rules are looked up in */
export function readRules(rules: readonly Rule[], nodes: readonly Pick<Node, 'name' | 'labels'>[] = []): Rulebook {
  const all = sorted(rules);
  const pins = new Map<GuestId, PinRule[]>();
  const apart = new Map<GuestId, AntiAffinityRule[]>();
  const near = new Map<GuestId, AffinityRule[]>();
  const ignored = new Map<GuestId, IgnoreRule>();
  for (const rule of all) {
    for (const guest of rule.guests) {
      if (rule.kind === 'pin') pins.set(guest, [...(pins.get(guest) ?? []), rule]);
      if (rule.kind === 'anti-affinity') apart.set(guest, [...(apart.get(guest) ?? []), rule]);
      if (rule.kind === 'affinity' && isNear(rule)) near.set(guest, [...(near.get(guest) ?? []), rule]);
      if (rule.kind === 'ignore' && !ignored.has(guest)) ignored.set(guest, rule);
    }
  }
  const allGroups = joinGroups(all);
  const groups = new Map(allGroups.flatMap((group) => group.guests.map((guest) => [guest, group] as const)));
  const allApart = all.filter((rule) => rule.kind === 'anti-affinity');
  const allNear = all.filter((rule) => rule.kind === 'affinity').filter(isNear);
  const placeOf = placesOf(nodes);
  return { pins, groups, apart, near, ignored, allApart, allGroups, allNear, placeOf };
}

function isNear(rule: Rule): boolean {
  return rule.kind === 'affinity' && topologyOf(rule) !== 'node';
}

/** Each rule with every guest once, in an order that does not depend on theirs in the input. */
export function sorted(rules: readonly Rule[]): readonly Rule[] {
  return rules
    .map((rule) => {
      const once = { ...rule, guests: [...new Set(rule.guests)].sort((a, b) => a - b) };
      return { rule: once, key: sortKey(once) };
    })
    .sort((a, b) => compareNames(a.key, b.key))
    .map(({ rule }) => rule);
}

function sortKey(rule: Rule): string {
  const nodes = rule.kind === 'pin' ? rule.nodes.toSorted(compareNames).join() : '';
  return [rule.kind, rule.source.kind, rule.source.name, rule.guests.join(), nodes, topologyOf(rule)].join('\n');
}

/** The connected parts of all affinity rules. */
function joinGroups(rules: readonly Rule[]): readonly Group[] {
  let groups: Group[] = [];
  for (const rule of rules) {
    if (rule.kind !== 'affinity' || isNear(rule) || rule.guests.length < 2) continue;
    const touches = (group: Group): boolean => group.guests.some((guest) => rule.guests.includes(guest));
    const joined = groups.filter(touches);
    const guests = new Set([...rule.guests, ...joined.flatMap((group) => group.guests)]);
    groups = [
      ...groups.filter((group) => !touches(group)),
      {
        guests: [...guests].sort((a, b) => a - b),
        sources: [...joined.flatMap((group) => group.sources), rule.source],
      },
    ];
  }
  return groups.sort((a, b) => (a.guests[0] ?? 0) - (b.guests[0] ?? 0));
}
