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
  /** All of them, as {@link sorted} has them. */
  readonly all: readonly Rule[];
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
      if (rule.kind === 'pin') add(pins, guest, rule);
      else if (rule.kind === 'anti-affinity') add(apart, guest, rule);
      else if (rule.kind === 'affinity' && isNear(rule)) add(near, guest, rule);
      else if (rule.kind === 'ignore' && !ignored.has(guest)) ignored.set(guest, rule);
    }
  }
  const allGroups = joinGroups(all);
  const groups = new Map<GuestId, Group>();
  for (const group of allGroups) for (const guest of group.guests) groups.set(guest, group);
  const allApart = all.filter((rule) => rule.kind === 'anti-affinity');
  const allNear = all.filter((rule) => rule.kind === 'affinity').filter(isNear);
  const placeOf = placesOf(nodes);
  return { pins, groups, apart, near, ignored, allApart, allGroups, allNear, all, placeOf };
}

/** The rule that keeps each guest where it is, the first of several: what {@link readRules} finds, at a fraction of the time. */
export function readIgnored(rules: readonly Rule[]): ReadonlyMap<GuestId, IgnoreRule> {
  return readRules(rules.filter(({ kind }) => kind === 'ignore')).ignored;
}

function add<T>(lists: Map<GuestId, T[]>, guest: GuestId, rule: T): void {
  const known = lists.get(guest);
  if (known === undefined) lists.set(guest, [rule]);
  else known.push(rule);
}

function isNear(rule: Rule): boolean {
  return rule.kind === 'affinity' && topologyOf(rule) !== 'node';
}

/** Each rule with every guest once, in an order that does not depend on theirs in the input. */
function sorted(rules: readonly Rule[]): readonly Rule[] {
  return rules
    .map((rule) => {
      const guests = rule.guests.length > 1 ? [...new Set(rule.guests)].sort((a, b) => a - b) : rule.guests;
      const once = { ...rule, guests };
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
  const groups = new Map<GuestId, Part>();
  for (const [number, rule] of rules.entries()) {
    if (rule.kind !== 'affinity' || isNear(rule) || rule.guests.length < 2) continue;
    const touched = new Set(rule.guests.flatMap((guest) => groups.get(guest) ?? []));
    const joined = [...touched].sort((a, b) => a.number - b.number);
    const guests = new Set([...rule.guests, ...joined.flatMap((part) => [...part.guests])]);
    const part = { number, guests, sources: [...joined.flatMap(({ sources }) => sources), rule.source] };
    for (const guest of guests) groups.set(guest, part);
  }
  return [...new Set(groups.values())]
    .sort((a, b) => a.number - b.number)
    .map(({ guests, sources }) => ({ guests: [...guests].sort((a, b) => a - b), sources }));
}

/** Rules that hang together, as far as they were looked at. */
interface Part {
  /** Of the last rule that joined it: parts come together in the order of these. */
  readonly number: number;
  readonly guests: ReadonlySet<GuestId>;
  readonly sources: readonly RuleSource[];
}
