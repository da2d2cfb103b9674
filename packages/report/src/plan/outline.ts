import {
  type Assessment,
  type BalancePolicy,
  type Blocker,
  type BlockerCode,
  type Decision,
  decisionOf,
  type NodeAssessment,
  type NodeProjection,
  RESOURCES,
  type Resource,
} from '@ballast/core';
import { above } from '../limits.ts';
import { count, formatAgainst, formatPercent, RESOURCE_WORDS } from '../quantities.ts';
import { byName } from '../text/order.ts';
import { type BrokenRule, brokenRules } from './broken.ts';
import type { PlanReportInput } from './input.ts';
import { summaryOf, type Totals } from './summary.ts';

export interface BlockedGuest extends Blocker {
  /** Empty for a guest that the snapshot does not hold. */
  readonly name: string;
  /** Whether it stays where something was to be done: on a hot node, or on one that was to be emptied. */
  readonly pressing: boolean;
}

export interface BlockedGroup {
  readonly code: BlockerCode;
  /** Pressing ones first. */
  readonly guests: readonly BlockedGuest[];
}

export interface NodeChange {
  readonly node: string;
  readonly before: NodeProjection;
  readonly after: NodeProjection;
  /** Whether the plan changes it, or it is hot on either side. */
  readonly notable: boolean;
}

/** What every format of a plan's report says, worked out once. */
export interface PlanOutline extends Totals {
  readonly decision: Decision;
  /** The one line to read: what is going to be done, or why nothing is. */
  readonly summary: string;
  /** A sentence for each node that is hot. */
  readonly hot: readonly string[];
  readonly nodes: readonly NodeChange[];
  readonly blocked: readonly BlockedGroup[];
  /** Whether every blocked guest is named with its reason, not only a few. */
  readonly namesAll: boolean;
  readonly unresolvedTitle: string;
  readonly broken: readonly BrokenRule[];
}

export function outlinePlan(input: PlanReportInput): PlanOutline {
  const { plan, policy, assessment } = input;
  const bytes = sum(plan.steps.map((step) => step.cost.bytes));
  const duration = sum(plan.steps.map((step) => step.cost.duration));
  const hotBefore = plan.before.filter((node) => isHot(node, policy)).length;
  const hotAfter = plan.after.filter((node) => isHot(node, policy)).length;
  const decision = decisionOf(plan);
  const totals = { bytes, duration, hotBefore, hotAfter };
  return {
    decision,
    summary: summaryOf(input, decision, totals),
    hot: hotSentences(assessment, policy),
    nodes: nodeChanges(input),
    ...totals,
    blocked: blockedGroups(input),
    namesAll: input.evacuated !== undefined,
    unresolvedTitle: input.evacuated === undefined ? 'Stay hot' : 'Not emptied',
    broken: brokenRules(input),
  };
}

/** A sentence for each hot node, in their natural order. */
export function hotSentences({ nodes }: Assessment, policy: BalancePolicy): readonly string[] {
  const hot = nodes.filter((node) => node.hot.length > 0);
  return byName(hot, ({ node }) => node.name).map((node) => hotSentence(node, policy));
}

/** `pve1 is over: CPU 93 % is above 80 %, for 5 rounds.` */
function hotSentence(assessed: NodeAssessment, policy: BalancePolicy): string {
  const loads = assessed.hot.map((resource) => {
    const { high } = policy[resource];
    return `${RESOURCE_WORDS[resource]} ${formatAgainst(assessed.utilization[resource], high)} is above ${formatPercent(high)}`;
  });
  const name = assessed.node.name;
  const rounds = assessed.roundsOver;
  return assessed.class === 'over'
    ? `${name} is over: ${loads.join(' and ')}, for ${count(rounds, 'round')}.`
    : `${name} is hot: ${loads.join(' and ')}, for ${rounds} of ${count(policy.sustain, 'round')}.`;
}

function isHot(node: NodeProjection, policy: BalancePolicy): boolean {
  return RESOURCES.some((resource: Resource) => above(node.utilization[resource], policy[resource].high));
}

function nodeChanges({ plan, policy }: PlanReportInput): readonly NodeChange[] {
  const afterwards = new Map(plan.after.map((node) => [node.node, node]));
  const touched = new Set(plan.steps.flatMap((step) => [step.from, step.to]));
  return byName(plan.before, ({ node }) => node).map((before) => {
    const after = afterwards.get(before.node) ?? before;
    const notable = touched.has(before.node) || isHot(before, policy) || isHot(after, policy);
    return { node: before.node, before, after, notable };
  });
}

function blockedGroups({ plan, assessment, evacuated = [] }: PlanReportInput): readonly BlockedGroup[] {
  const guests = new Map(assessment.guests.map(({ guest }) => [guest.id, guest]));
  const pressing = new Set([
    ...assessment.nodes.filter((node) => node.hot.length > 0).map((node) => node.node.name),
    ...evacuated,
  ]);
  const groups = new Map<BlockerCode, BlockedGuest[]>();
  for (const blocker of plan.blocked) {
    const guest = guests.get(blocker.guest);
    const blocked = { ...blocker, name: guest?.name ?? '', pressing: guest !== undefined && pressing.has(guest.node) };
    const group = groups.get(blocker.code);
    if (group === undefined) groups.set(blocker.code, [blocked]);
    else group.push(blocked);
  }
  return [...groups]
    .map(([code, list]) => ({ code, guests: list.sort(pressingFirst) }))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
}

function pressingFirst(a: BlockedGuest, b: BlockedGuest): number {
  return Number(b.pressing) - Number(a.pressing) || a.guest - b.guest;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
