import type { Guest, GuestId, Rule, RuleSource } from '@ballast/core';
import type { RuleDefinition } from '../types.ts';

export interface CompiledRules {
  readonly rules: readonly Rule[];
  /** What could not be applied as it is written, a sentence or two each. */
  readonly problems: readonly string[];
}

/** Finds the guests of each rule. Pure: it is done anew for each snapshot, since guests come and go. */
export function compileRules(definitions: readonly RuleDefinition[], guests: readonly Guest[]): CompiledRules {
  const rules: Rule[] = [];
  const problems: string[] = [];
  const present = guests.filter((guest) => !guest.template);
  for (const definition of definitions) {
    const found = findGuests(definition, present);
    problems.push(...found.problems);
    if (found.guests.length > 0) rules.push(toRule(definition, found.guests));
    else if (found.problems.length === 0) problems.push(`The rule ${definition.name} matches no guest.`);
  }
  return { rules, problems };
}

function toRule(definition: RuleDefinition, guests: readonly GuestId[]): Rule {
  const { kind, name, nodes } = definition;
  const source: RuleSource = { kind: 'config', name };
  return kind === 'pin' ? { kind, source, guests, nodes } : { kind, source, guests };
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
