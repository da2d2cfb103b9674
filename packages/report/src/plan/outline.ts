import {
  type Assessment,
  type BalancePolicy,
  type Blocker,
  type BlockerCode,
  type Bytes,
  type Decision,
  decisionOf,
  type Milliseconds,
  type NodeAssessment,
  type NodeProjection,
  RESOURCES,
  type Resource,
} from '@ballast/core';
import { count, formatAgainst, formatBytes, formatDuration, formatPercent, RESOURCE_WORDS } from '../quantities.ts';
import { byName } from '../text/order.ts';
import type { PlanReportInput } from './input.ts';

export interface BlockedGuest extends Blocker {
  /** Empty for a guest that the snapshot does not hold. */
  readonly name: string;
  readonly onHotNode: boolean;
}

export interface BlockedGroup {
  readonly code: BlockerCode;
  /** Guests on hot nodes first: there a blocker matters. */
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
export interface PlanOutline {
  readonly decision: Decision;
  /** The one line to read: what is going to be done, or why nothing is. */
  readonly summary: string;
  /** A sentence for each node that is hot. */
  readonly hot: readonly string[];
  readonly nodes: readonly NodeChange[];
  readonly bytes: Bytes;
  /** One step after the other; with several at once it is less. */
  readonly duration: Milliseconds;
  readonly hotBefore: number;
  readonly hotAfter: number;
  readonly blocked: readonly BlockedGroup[];
}

export function outlinePlan(input: PlanReportInput): PlanOutline {
  const { plan, policy, assessment } = input;
  const bytes = sum(plan.steps.map((step) => step.cost.bytes));
  const duration = sum(plan.steps.map((step) => step.cost.duration));
  const hotBefore = plan.before.filter((node) => isHot(node, policy)).length;
  const hotAfter = plan.after.filter((node) => isHot(node, policy)).length;
  const hot = hotSentences(assessment, policy);
  const decision = decisionOf(plan);
  const cost = `${count(plan.steps.length, 'migration')}, ${formatBytes(bytes)}, about ${formatDuration(duration)}`;
  const summary =
    decision === 'migrate'
      ? `Plan: ${cost}. Hot nodes ${hotBefore} → ${hotAfter}.${boundSentence(plan)}`
      : idleSummary(input, decision, hotBefore);
  return {
    decision,
    summary,
    hot,
    nodes: nodeChanges(input),
    bytes,
    duration,
    hotBefore,
    hotAfter,
    blocked: blockedGroups(input),
  };
}

/** What no plan can do better than, where that is known. */
function boundSentence({ bound }: PlanReportInput['plan']): string {
  return bound === undefined || bound.moves === 0
    ? ''
    : ` At least ${bound.moves} ${bound.moves === 1 ? 'is' : 'are'} needed.`;
}

function idleSummary({ assessment, policy }: PlanReportInput, decision: Decision, hot: number): string {
  const limits = RESOURCES.map((resource) => `${formatPercent(policy[resource].high)} ${RESOURCE_WORDS[resource]}`);
  if (assessment.nodes.length === 0) return 'Nothing to do: the cluster shows no nodes.';
  if (decision === 'stuck') return `Nothing can be done: no migration helps. Hot nodes ${hot} → ${hot}.`;
  const waiting = assessment.nodes.filter((node) => node.hot.length > 0 && node.class !== 'over');
  if (waiting.length > 0) {
    const names = waiting.map((node) => node.node.name).join(', ');
    return `Nothing to do yet: ${names} ${waiting.length === 1 ? 'is' : 'are'} hot, but for fewer than ${count(policy.sustain, 'round')}.`;
  }
  return `Nothing to do: no node is above ${limits.join(' or ')}.`;
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
  return RESOURCES.some((resource: Resource) => node.utilization[resource] > policy[resource].high);
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

function blockedGroups({ plan, assessment }: PlanReportInput): readonly BlockedGroup[] {
  const guests = new Map(assessment.guests.map(({ guest }) => [guest.id, guest]));
  const hot = new Set(assessment.nodes.filter((node) => node.hot.length > 0).map((node) => node.node.name));
  const groups = new Map<BlockerCode, BlockedGuest[]>();
  for (const blocker of plan.blocked) {
    const guest = guests.get(blocker.guest);
    const blocked = { ...blocker, name: guest?.name ?? '', onHotNode: guest !== undefined && hot.has(guest.node) };
    const group = groups.get(blocker.code);
    if (group === undefined) groups.set(blocker.code, [blocked]);
    else group.push(blocked);
  }
  return [...groups]
    .map(([code, list]) => ({ code, guests: list.sort(hotFirst) }))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
}

function hotFirst(a: BlockedGuest, b: BlockedGuest): number {
  return Number(b.onHotNode) - Number(a.onHotNode) || a.guest - b.guest;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
