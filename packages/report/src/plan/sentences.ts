import type { Cost, Migration, MigrationReason, ServiceWeights } from '@ballast/core';
import { count, formatBytes, formatDuration, formatFactor, formatPercent, RESOURCE_WORDS } from '../quantities.ts';

const REASONS: Readonly<Record<MigrationReason, string>> = {
  'relieve-cpu': 'relieve CPU',
  'relieve-memory': 'relieve memory',
  'mend-rule': 'mend a broken rule',
  maintenance: 'empty a node for maintenance',
};

/** `relieve CPU of pve1` */
export function reasonOf(step: Migration): string {
  const words = REASONS[step.reason];
  return step.reason.startsWith('relieve') ? `${words} of ${step.from}` : words;
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
