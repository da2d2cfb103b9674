import { type Assessment, dominant, RESOURCES, type RoundReport, type StepState, UNDERWAY_STATES } from '@ballast/core';
import { count, formatDuration, formatInstant, formatPercent, RESOURCE_WORDS } from '../quantities.ts';
import { printable } from '../text/style.ts';
import { truncate } from '../text/width.ts';

/** Nodes named in a line; more are counted. */
const MOST_NAMES = 3;

/** One line on a round for a log: what was found, what is planned, what is under way, what was changed. */
export function renderRoundLine(report: RoundReport): string {
  const parts = [
    ...failure(report),
    ...(report.assessment === undefined ? [] : [loads(report.assessment)]),
    ...planned(report),
    ...(report.paused === true ? ['paused by order'] : []),
    ...closed(report),
    ...steps(report),
    ...weights(report),
    formatDuration(report.duration),
  ];
  return printable(parts.join('; '));
}

function failure({ outcome, failure: failed }: RoundReport): readonly string[] {
  if (failed !== undefined) return [`failed to ${failed.stage}: ${failed.message}`];
  return outcome === 'aborted' ? ['aborted'] : [];
}

function loads(assessment: Assessment): string {
  const over = assessment.nodes.filter((node) => node.class === 'over');
  if (over.length === 0) return `no node over (${highest(assessment)})`;
  const named = over.slice(0, MOST_NAMES).map(({ node, utilization }) => {
    const { resource, ratio } = dominant(utilization);
    return `${short(node.name)} (${RESOURCE_WORDS[resource]} ${formatPercent(ratio)})`;
  });
  const rest = over.length - named.length;
  return `over: ${named.join(', ')}${rest === 0 ? '' : ` and ${rest} more`}`;
}

function highest({ nodes }: Assessment): string {
  if (nodes.length === 0) return 'no nodes';
  return RESOURCES.map((resource) => {
    const most = Math.max(...nodes.map((node) => node.utilization[resource]));
    return `${RESOURCE_WORDS[resource]} up to ${formatPercent(most)}`;
  }).join(', ');
}

function planned({ plan }: RoundReport): readonly string[] {
  if (plan === undefined) return [];
  if (plan.steps.length > 0) return [`${count(plan.steps.length, 'migration')} planned`];
  return plan.unresolved.length === 0
    ? []
    : [`nothing helps ${short(plan.unresolved.map(({ node }) => node).join(', '))}`];
}

const COUNTED: readonly (readonly [word: string, states: readonly StepState[]])[] = [
  ['running', UNDERWAY_STATES],
  ...(['verifying', 'done', 'failed', 'aborted', 'unknown', 'skipped'] as const).map(
    (state) => [state, [state]] as const,
  ),
];

function closed({ closed: shut }: RoundReport): readonly string[] {
  if (shut === undefined) return [];
  return [shut.opensAt === undefined ? 'no window opens' : `next window opens at ${formatInstant(shut.opensAt)}`];
}

function steps(report: RoundReport): readonly string[] {
  return COUNTED.flatMap(([word, states]) => {
    const found = report.steps.filter(({ state }) => states.includes(state));
    const adopted = found.filter((step) => step.adopted !== undefined).length;
    return found.length === 0 ? [] : [`${found.length} ${word}${adopted === 0 ? '' : ` (${adopted} adopted)`}`];
  });
}

function weights({ targets }: RoundReport): readonly string[] {
  if (targets.length === 0) return [];
  const changed = targets.reduce((sum, target) => sum + target.changed.length, 0);
  const problems = targets.reduce((sum, target) => sum + target.problems.length, 0);
  return [
    `${changed === 0 ? 'no' : changed} weight${changed === 1 ? '' : 's'} changed`,
    ...(problems === 0 ? [] : [count(problems, 'problem')]),
  ];
}

function short(name: string): string {
  return truncate(printable(name), 40);
}
