import type { ClusterSnapshot, Migration, Rule, Violation } from '@ballast/core';
import { violationsOf } from '@ballast/planner';
import type { Underway } from './budgets.ts';

/** What the rules are held against: everything that moves counts where it goes. */
export interface RuleGround {
  readonly rules: readonly Rule[];
  /** The steps of the plan: guests that belong together move one after the other. */
  readonly planned: readonly Underway[];
  readonly moving: readonly Underway[];
}

/** A rule that the step would break and that its guest keeps now, in one sentence; nothing where there is none. */
export function brokenRule(
  step: Migration,
  snapshot: Pick<ClusterSnapshot, 'guests' | 'nodes'>,
  { rules, planned, moving }: RuleGround,
): string | undefined {
  const own = rules.filter(({ guests }) => guests.includes(step.guest));
  if (own.length === 0) return undefined;
  const before = placed(snapshot, moving);
  const known = new Set(ofGuest(step, violationsOf(before, own)).map(nameOf));
  const broken = ofGuest(step, violationsOf(placed(before, [step]), own)).find(
    (violation) => !known.has(nameOf(violation)) && !followedBy(step, violation, planned),
  );
  if (broken === undefined) return undefined;
  const { kind, source } = broken;
  return `On ${step.to} the guest would break a rule now: ${kind} by ${source.kind} ${source.name}.`;
}

/** Why a step that mends has nothing left to mend; nothing where a rule of its guest is still broken, or for other steps. */
export function nothingToMend(
  step: Migration,
  snapshot: Pick<ClusterSnapshot, 'guests' | 'nodes'>,
  { rules, moving }: RuleGround,
): string | undefined {
  const own = rules.filter(({ guests }) => guests.includes(step.guest));
  if (step.reason !== 'mend-rule' || own.length === 0) return undefined;
  if (ofGuest(step, violationsOf(placed(snapshot, moving), own)).length > 0) return undefined;
  return 'All rules of the guest are kept now: there is nothing left to mend.';
}

function placed<T extends Pick<ClusterSnapshot, 'guests'>>(snapshot: T, moving: readonly Underway[]): T {
  const targets = new Map(moving.map(({ guest, to }) => [guest, to]));
  const guests = snapshot.guests.map((guest) => ({ ...guest, node: targets.get(guest.id) ?? guest.node }));
  return { ...snapshot, guests };
}

function ofGuest({ guest }: Migration, violations: readonly Violation[]): readonly Violation[] {
  return violations.filter(({ guests }) => guests.includes(guest));
}

function nameOf({ kind, source }: Violation): string {
  return [kind, source.kind, source.name].join(' ');
}

/** Guests that belong together, on a node or in a rack, are apart while they move one by one: the plan brings them together. */
function followedBy({ guest }: Migration, { kind, guests }: Violation, planned: readonly Underway[]): boolean {
  if (kind !== 'affinity') return false;
  return planned.some((other) => other.guest !== guest && guests.includes(other.guest));
}
