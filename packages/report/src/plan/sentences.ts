import type { Cost, Migration, MigrationReason, Plan, ServiceWeights } from '@ballast/core';
import { count, formatBytes, formatDuration, formatFactor, formatPercent, RESOURCE_WORDS } from '../quantities.ts';
import type { PlanReportInput } from './input.ts';

const REASONS: Readonly<Record<MigrationReason, string>> = {
  'relieve-cpu': 'Relief for the CPU',
  'relieve-memory': 'Relief for the memory',
  'mend-rule': 'Mends a broken rule on guests',
  maintenance: 'Maintenance',
  'make-room': 'Room for another guest',
  'even-out': 'Evens out the load',
  pack: 'Empties the node',
  adopted: 'Found running, out',
};

/** What a report closes with: what is to be known about the cluster as a whole, then the notes. */
export function closingOf({ plan, notes = [] }: PlanReportInput): readonly string[] {
  return [...(plan.notices ?? []).map(({ detail }) => detail), ...notes];
}

/** Why a guest moves, and why there: the planner's own sentences, or else the reason alone. */
export function whyOf(step: Migration): string {
  return step.why.length > 0 ? step.why.join(' ') : `${REASONS[step.reason]} of ${step.from}.`;
}

/** `pve1 CPU 93 % → 71 %, pve3 34 % → 52 %` */
export function gainOf({ from, to, gain }: Migration): string {
  const source = `${formatPercent(gain.fromBefore)} → ${formatPercent(gain.fromAfter)}`;
  const target = `${formatPercent(gain.toBefore)} → ${formatPercent(gain.toAfter)}`;
  return `${from} ${RESOURCE_WORDS[gain.resource]} ${source}, ${to} ${target}`;
}

/** `4.0 GiB, about 5 s, downtime 50 ms` */
export function costOf(cost: Cost): string {
  return `${formatBytes(cost.bytes)}, about ${formatDuration(cost.duration)}, downtime ${formatDuration(cost.downtime)}`;
}

/** `pve2 81 %, pve4 93 % of target`: where else the guest could have gone, and how full that node would be. Empty: nowhere. */
export function elseOf({ alternatives = [] }: Migration): string {
  const others = alternatives.slice(1).map(({ node, fullness }) => `${node} ${formatPercent(fullness)}`);
  const [chosen] = alternatives;
  return chosen === undefined || others.length === 0
    ? ''
    : `${others.join(', ')} of target, beside ${formatPercent(chosen.fullness)} of ${chosen.node}`;
}

/** `2 waves, about 1 min 34 s when those of one wave run together`; empty where it is not known. */
export function wavesOf({ steps, makespan }: Plan): string {
  const waves = Math.max(0, ...steps.map((step) => step.wave ?? 0));
  if (waves === 0 || makespan === undefined) return '';
  return `${count(waves, 'wave')}: about ${formatDuration(makespan)} when the steps of a wave run together.`;
}

const FROZEN: Readonly<Record<NonNullable<ServiceWeights['frozen']>, string>> = {
  stale: 'frozen, since the data is stale',
  'no-members': 'left alone, since no running guest is a member',
};

/** `shop: 6 members, weights 0.45 to 1.00, 1 draining` */
export function weightsSentence({ service, members, frozen }: ServiceWeights): string {
  if (frozen !== undefined) return `${service}: ${FROZEN[frozen]}`;
  const ready = members.filter(({ state }) => state === 'ready').map(({ weight }) => weight);
  const draining = members.length - ready.length;
  const [least, most] = [formatFactor(Math.min(...ready)), formatFactor(Math.max(...ready))];
  const words = [
    count(members.length, 'member'),
    ...(ready.length === 0 ? [] : [least === most ? `weight ${most}` : `weights ${least} to ${most}`]),
    ...(draining === 0 ? [] : [`${draining} draining`]),
  ];
  return `${service}: ${words.join(', ')}`;
}
