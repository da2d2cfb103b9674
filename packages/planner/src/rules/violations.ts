import type { ClusterSnapshot, GuestId, NodeName, Rule, Violation } from '@ballast/core';
import { compareNames } from '../limits.ts';
import { type PlaceOf, placesOf, topologyOf } from './places.ts';

/**
 * Every rule that a snapshot does not keep: for a pin each guest that is off its nodes, for affinity the guests of the
 * rule when they are on several nodes (or in several racks), for anti-affinity the guests that share one. Guests that do not
 * run break nothing. In an order that does not depend on that of the rules.
 */
export function violationsOf(
  snapshot: Pick<ClusterSnapshot, 'guests' | 'nodes'>,
  rules: readonly Rule[],
): readonly Violation[] {
  const places = new Map<GuestId, NodeName>();
  for (const { id, node, status, template } of snapshot.guests) {
    if (status !== 'stopped' && !template) places.set(id, node);
  }
  const placeOf = placesOf(snapshot.nodes);
  const found = rules.flatMap((rule) => broken(rule, places, placeOf));
  return found.toSorted((a, b) => compareNames(keyOf(a), keyOf(b)));
}

function broken(rule: Rule, places: ReadonlyMap<GuestId, NodeName>, placeOf: PlaceOf): readonly Violation[] {
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
  const byPlace = new Map<string, GuestId[]>();
  for (const id of guests) {
    const place = placeOf(topologyOf(rule), places.get(id) ?? '');
    byPlace.set(place, [...(byPlace.get(place) ?? []), id]);
  }
  if (kind === 'affinity') return byPlace.size > 1 ? [violation(guests)] : [];
  return [...byPlace.values()].filter((sharing) => sharing.length > 1).map(violation);
}

function keyOf({ kind, source, guests }: Violation): string {
  return [kind, source.kind, source.name, guests.join()].join('\n');
}
