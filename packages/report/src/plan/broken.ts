import type { RuleSource, Violation } from '@ballast/core';
import { listed } from '../text/list.ts';
import { guestName } from './blocked.ts';
import type { PlanReportInput } from './input.ts';

/** A rule that the plan does not mend. */
export interface BrokenRule {
  /** For whom it is broken, and where they are. */
  readonly sentence: string;
  /** Why its guests stay, as far as it is known; a few of them. */
  readonly reasons: readonly string[];
}

/** Reasons that are told for one rule. */
const MOST_REASONS = 3;

const WANTS: Readonly<Record<Violation['kind'], readonly [one: string, several: string]>> = {
  pin: ['pins it elsewhere', 'pins them elsewhere'],
  affinity: ['keeps it together with others', 'keeps them together'],
  'anti-affinity': ['keeps it apart from others', 'keeps them apart'],
};

/** Rules that stay broken, each with what keeps its guests. */
export function brokenRules({ violations = [], plan, assessment }: PlanReportInput): readonly BrokenRule[] {
  const names = new Map(assessment.guests.map(({ guest }) => [guest.id, guest.name]));
  return violations.map(({ kind, source, guests, nodes }) => {
    const who = guests.map((guest) => guestName({ guest, name: names.get(guest) ?? '' }));
    const [are, wants] = guests.length === 1 ? ['is', WANTS[kind][0]] : ['are', WANTS[kind][1]];
    const held = plan.blocked.filter(({ guest }) => guests.includes(guest));
    return {
      sentence: `${listed(who)} ${are} on ${listed(nodes)}, though the ${ruleName(source)} ${wants}.`,
      reasons: held.slice(0, MOST_REASONS).map(({ guest, detail }) => `${guest}: ${detail}`),
    };
  });
}

/** How many rules stay broken, in a sentence; nothing where none does. A rule counts once, for however many guests. */
export function brokenSentence({ violations = [], policy }: PlanReportInput): readonly string[] {
  const rules = new Set(violations.map(({ kind, source }) => [kind, source.kind, source.name].join('\n'))).size;
  if (rules === 0) return [];
  const number = rules === 1 ? '1 rule stays broken' : `${rules} rules stay broken`;
  return [policy.profile === 'relief' ? `${number}: the profile \`relief\` mends none.` : `${number}.`];
}

function ruleName({ kind, name }: RuleSource): string {
  if (kind === 'tag') return `tag ${name}`;
  return kind === 'ha' ? `HA rule ${name}` : `rule ${name} of the configuration`;
}
