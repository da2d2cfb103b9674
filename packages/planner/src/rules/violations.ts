import type { ClusterSnapshot, GuestId, NodeName, Rule, Violation } from '@ballast/core';
import { compareNames } from '../limits.ts';

/**
 * Every rule that a snapshot does not keep: for a pin each guest that is off its nodes, for affinity the guests of the
 * rule when they are on several nodes, for anti-affinity the guests that share a node. Guests that do not run break
 * nothing. In an order that does not depend on that of the rules.
 */
export function violationsOf(snapshot: Pick<ClusterSnapshot, 'guests'>, rules: readonly Rule[]): readonly Violation[] {
  const places = new Map<GuestId, NodeName>();
  for (const { id, node, status, template } of snapshot.guests) {
    if (status !== 'stopped' && !template) places.set(id, node);
  }
  const found = rules.flatMap((rule) => broken(rule, places));
  return found.toSorted((a, b) => compareNames(keyOf(a), keyOf(b)));
}

function broken(rule: Rule, places: ReadonlyMap<GuestId, NodeName>): readonly Violation[] {
  const { kind, source } = rule;
  const guests = [...new Set(rule.guests)].filter((id) => places.has(id)).sort((a, b) => a - b);
  const violation = (who: readonly GuestId[]): Violation => ({
    kind: kind as Violation['kind'],
    source,
    guests: who,
    nodes: [...new Set(who.map((id) => places.get(id) ?? ''))],
  });
  if (kind === 'ignore') return [];
  if (kind === 'pin') {
    return guests.filter((id) => !rule.nodes.includes(places.get(id) ?? '')).map((id) => violation([id]));
  }
  const byNode = new Map<NodeName, GuestId[]>();
  for (const id of guests) {
    const node = places.get(id) ?? '';
    byNode.set(node, [...(byNode.get(node) ?? []), id]);
  }
  if (kind === 'affinity') return byNode.size > 1 ? [violation(guests)] : [];
  return [...byNode.values()].filter((sharing) => sharing.length > 1).map(violation);
}

function keyOf({ kind, source, guests }: Violation): string {
  return [kind, source.kind, source.name, guests.join()].join('\n');
}
