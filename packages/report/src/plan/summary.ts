import { type Bytes, type Decision, type Milliseconds, RESOURCES } from '@ballast/core';
import { count, formatBytes, formatDuration, formatPercent, RESOURCE_WORDS } from '../quantities.ts';
import { listed } from '../text/list.ts';
import { brokenSentence } from './broken.ts';
import type { PlanReportInput } from './input.ts';

/** What a plan comes to. */
export interface Totals {
  readonly bytes: Bytes;
  /** One step after the other; with several at once it is less. */
  readonly duration: Milliseconds;
  readonly hotBefore: number;
  readonly hotAfter: number;
}

/** The one line to read: what is going to be done, or why nothing is. */
export function summaryOf(input: PlanReportInput, decision: Decision, totals: Totals): string {
  if (decision !== 'migrate') {
    const idle = input.evacuated === undefined ? idleSummary(input, decision, totals) : idleOrder(input);
    return [idle, ...brokenSentence(input)].join(' ');
  }
  const { bytes, duration, hotBefore, hotAfter } = totals;
  const number = count(input.plan.steps.length, 'migration');
  const cost = `${number}, ${formatBytes(bytes)}, about ${formatDuration(duration)}`;
  return [
    `Plan: ${cost}. Hot nodes ${hotBefore} → ${hotAfter}.`,
    ...(input.policy.profile === 'rules' && hotAfter > 0 ? ['The profile `rules` relieves none.'] : []),
    ...boundSentence(input),
    ...orderSentence(input),
    ...brokenSentence(input),
  ].join(' ');
}

/** What no plan can do better than, where that is known. */
function boundSentence({ plan: { bound, steps }, assessment, minimize }: PlanReportInput): readonly string[] {
  if (bound === undefined || bound.moves === 0) return [];
  if (minimize === 'bytes') {
    // The bound counts memory of guests, and so that of containers, which crosses no network.
    const moved = new Set(steps.map((step) => step.guest));
    const memory = assessment.guests
      .filter(({ guest }) => moved.has(guest.id))
      .reduce((sum, { usage }) => sum + usage.memory, 0);
    const least = `at least ${bound.moves} and ${formatBytes(bound.bytes)} are needed`;
    return [`Guests with ${formatBytes(memory)} of memory move: ${least}.`];
  }
  return [`At least ${bound.moves} ${bound.moves === 1 ? 'is' : 'are'} needed.`];
}

/** What is left of the order to empty nodes. */
function orderSentence(input: PlanReportInput): readonly string[] {
  const { evacuated } = input;
  if (evacuated === undefined) return [];
  const left = staying(input);
  return left === 0
    ? [`No running guest stays on ${listed(evacuated)}.`]
    : [`${count(left, 'guest')} ${left === 1 ? 'stays' : 'stay'} on ${listed(evacuated)}.`];
}

function idleOrder(input: PlanReportInput): string {
  const left = staying(input);
  const where = listed(input.evacuated ?? []);
  return left === 0
    ? `Nothing to do: no guest runs on ${where}.`
    : `Nothing can be done: ${count(left, 'guest')} ${left === 1 ? 'stays' : 'stay'} on ${where}.`;
}

/** Guests that stay on nodes that were to be emptied: each of them has a blocker. */
function staying({ plan, assessment, evacuated = [] }: PlanReportInput): number {
  const here = new Set(assessment.snapshot.guests.filter(({ node }) => evacuated.includes(node)).map(({ id }) => id));
  return new Set(plan.blocked.map(({ guest }) => guest).filter((guest) => here.has(guest))).size;
}

function idleSummary(input: PlanReportInput, decision: Decision, { hotBefore }: Totals): string {
  const { assessment, policy, violations = [] } = input;
  if (assessment.nodes.length === 0) return 'Nothing to do: the cluster shows no nodes.';
  if (decision === 'stuck') return `Nothing can be done: no migration helps. Hot nodes ${hotBefore} → ${hotBefore}.`;
  if (policy.profile === 'rules') return idleRules(input, hotBefore);
  const waiting = assessment.nodes.filter((node) => node.hot.length > 0 && node.class !== 'over');
  if (waiting.length > 0) {
    const names = waiting.map((node) => node.node.name).join(', ');
    return `Nothing to do yet: ${names} ${waiting.length === 1 ? 'is' : 'are'} hot, but for fewer than ${count(policy.sustain, 'round')}.`;
  }
  const cool = `no node is above ${limitsOf(input)}.`;
  if (policy.profile === 'relief') return `Nothing to do for the profile \`relief\`: ${cool}`;
  return violations.length > 0 ? `Nothing can be done, though ${cool}` : `Nothing to do: ${cool}`;
}

/** A plan that relieves nothing says nothing of loads but that they are not its aim. */
function idleRules(input: PlanReportInput, hot: number): string {
  const { violations } = input;
  const begin =
    violations === undefined || violations.length > 0
      ? 'Nothing can be done for the profile `rules`.'
      : 'Nothing to do for the profile `rules`: no rule is broken.';
  if (hot === 0) return begin;
  const [are, them] = hot === 1 ? ['is', 'it'] : ['are', 'them'];
  return `${begin} ${count(hot, 'node')} ${are} above ${limitsOf(input)}; this profile does not relieve ${them}.`;
}

/** `80 % CPU or 85 % memory` */
function limitsOf({ policy }: PlanReportInput): string {
  return RESOURCES.map((resource) => `${formatPercent(policy[resource].high)} ${RESOURCE_WORDS[resource]}`).join(
    ' or ',
  );
}
