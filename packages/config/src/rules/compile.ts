import { type Guest, type GuestId, type Node, nearestNames, type Rule, type RuleSource } from '@ballast/core';
import type { RuleDefinition } from '../types.ts';

export interface CompiledRules {
  readonly rules: readonly Rule[];
  /** What could not be applied as it is written, a sentence or two each. */
  readonly problems: readonly string[];
}

/** Finds the guests of each rule. Pure: it is done anew for each snapshot, since guests come and go. */
export function compileRules(
  definitions: readonly RuleDefinition[],
  guests: readonly Guest[],
  nodes: readonly Pick<Node, 'name' | 'labels'>[] = [],
): CompiledRules {
  const rules: Rule[] = [];
  const problems: string[] = [];
  const present = guests.filter((guest) => !guest.template);
  for (const definition of definitions) {
    const found = findGuests(definition, present);
    problems.push(...found.problems, ...unknownPlaces(definition, nodes));
    if (found.guests.length > 0) rules.push(toRule(definition, found.guests, nodes));
    else if (found.problems.length === 0) problems.push(`The rule ${definition.name} matches no guest.`);
  }
  return { rules, problems };
}

function toRule(
  definition: RuleDefinition,
  guests: readonly GuestId[],
  nodes: readonly Pick<Node, 'name' | 'labels'>[],
): Rule {
  const { kind, name, topology, places = [] } = definition;
  const source: RuleSource = { kind: 'config', name };
  if (kind === 'ignore') return { kind, source, guests };
  if (kind !== 'pin') return { kind, source, guests, ...(topology === undefined ? {} : { topology }) };
  if (topology === undefined) return { kind, source, guests, nodes: definition.nodes };
  const there = nodes.filter(({ labels = {} }) => places.includes(labelOf(labels, topology) ?? ''));
  return { kind, source, guests, nodes: there.map((node) => node.name) };
}

/** What a rule says of labels that no node has: it is kept as it is written, which may mean nowhere. */
function unknownPlaces(
  { name, topology, places = [] }: RuleDefinition,
  nodes: readonly Pick<Node, 'name' | 'labels'>[],
): readonly string[] {
  if (topology === undefined || nodes.length === 0) return [];
  const values = new Set(nodes.flatMap(({ labels = {} }) => labelOf(labels, topology) ?? []));
  const bare = nodes.filter(({ labels = {} }) => labelOf(labels, topology) === undefined).map((node) => node.name);
  if (values.size === 0) {
    const known = [...new Set(nodes.flatMap(({ labels = {} }) => Object.keys(labels)))];
    const near = nearestNames(topology, known, 1)[0];
    const ask = near === undefined ? ' Give it to them under `labels`.' : ` Did you mean ${near}?`;
    return [`The rule ${name} goes by the label ${topology}, which no node has.${ask}`];
  }
  const unlabelled =
    bare.length === 0
      ? []
      : [
          `The rule ${name} goes by the label ${topology}, which ${bare.join(', ')} ${bare.length === 1 ? 'has' : 'have'} not: each counts as a place of its own.`,
        ];
  const missing = places.filter((place) => !values.has(place));
  return [
    ...unlabelled,
    ...missing.map((place) => `The rule ${name} names the ${topology} ${place}, and no node is there.`),
  ];
}

function labelOf(labels: Readonly<Record<string, string>>, topology: string): string | undefined {
  return Object.hasOwn(labels, topology) ? labels[topology] : undefined;
}

function findGuests(
  definition: RuleDefinition,
  present: readonly Guest[],
): { readonly guests: readonly GuestId[]; readonly problems: readonly string[] } {
  const { tags, pools, guests: named } = definition.match;
  const problems: string[] = [];
  const chosen = new Set(
    present
      .filter(
        (guest) => (guest.pool !== undefined && pools.includes(guest.pool)) || guest.tags.some((t) => tags.includes(t)),
      )
      .map((guest) => guest.id),
  );
  for (const reference of named) {
    const found = present.filter((guest) => guest.id === reference || guest.name === reference);
    if (found.length === 0)
      problems.push(`The rule ${definition.name} names the guest ${reference}, which is not there.`);
    // To leave a guest alone is always safe; any other rule might move the wrong one.
    if (found.length === 1 || definition.kind === 'ignore') for (const guest of found) chosen.add(guest.id);
    else if (found.length > 1) problems.push(ambiguous(definition.name, String(reference), found));
  }
  return { guests: [...chosen].sort((a, b) => a - b), problems };
}

function ambiguous(rule: string, name: string, found: readonly Guest[]): string {
  const ids = found.map((guest) => `${guest.id} on ${guest.node}`).join(', ');
  return `The rule ${rule} names ${name}, and ${found.length} guests have that name (${ids}): it is applied to none of them. Name them by vmid.`;
}
