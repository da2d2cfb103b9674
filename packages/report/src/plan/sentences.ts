import type { Cost, Migration, MigrationReason } from '@ballast/core';
import { formatBytes, formatDuration, formatPercent, RESOURCE_WORDS } from '../quantities.ts';

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
