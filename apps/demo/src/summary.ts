import type { NodeName, Ratio, StepReport } from '@ballast/core';
import { p99, type Sample } from './load.ts';

/** What was seen in one stretch of the demo. */
export interface Stretch {
  readonly samples: readonly Sample[];
  /** CPU utilization of each node at its end. */
  readonly cpu: Readonly<Record<NodeName, Ratio>>;
}

export interface SummaryInput {
  readonly before: Stretch;
  readonly after: Stretch;
  /** Node on which each guest was at first, by the guest's name. */
  readonly origin: Readonly<Record<string, NodeName>>;
  /** The node that was hot at first. */
  readonly hot: NodeName;
  readonly high: Ratio;
  readonly migrations: readonly StepReport[];
  readonly sent: number;
  readonly failed: number;
  readonly front: string;
}

/** Whether no node is above its threshold at the end and no request was lost. */
export function succeeded({ after, high, failed, sent }: SummaryInput): boolean {
  return failed === 0 && sent > 0 && Object.values(after.cpu).every((cpu) => cpu <= high);
}

/** The closing table, at most 80 columns wide. */
export function summaryText(input: SummaryInput): string {
  const { before, after, hot, migrations, sent, failed, front } = input;
  const done = migrations.filter((report) => report.state === 'done');
  const rows: readonly (readonly [string, string, string])[] = [
    ['', 'before', 'after'],
    ['hot nodes', hotNodes(before, input.high), hotNodes(after, input.high)],
    ...Object.keys(before.cpu).map(
      (node) => [`  cpu of ${node}`, percent(before.cpu[node] ?? 0), percent(after.cpu[node] ?? 0)] as const,
    ),
    [`traffic to guests that began on ${hot}`, share(before, input), share(after, input)],
    ['99 of 100 requests answered within', latency(before), latency(after)],
  ];
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  const table = rows.map(([label, a, b]) => `  ${label.padEnd(width)}${a.padStart(12)}${b.padStart(14)}`.trimEnd());
  return [
    'Summary',
    ...table,
    '',
    `  Migrations: ${done.length} of ${migrations.length}${done.length === 0 ? '' : ` (${done.map(move).join(', ')})`}`,
    `  Requests through ${front}: ${sent} sent, ${failed} failed`,
    '',
    succeeded(input)
      ? 'Balanced: no node is above its threshold, and no request failed.'
      : 'Not balanced: a node is above its threshold, or requests failed (see above).',
    '',
  ].join('\n');
}

const percent = (ratio: Ratio): string => `${Math.round(ratio * 100)} %`;

function hotNodes({ cpu }: Stretch, high: Ratio): string {
  const names = Object.keys(cpu).filter((node) => (cpu[node] ?? 0) > high);
  return names.length === 0 ? 'none' : names.join(', ');
}

function share({ samples }: Stretch, { origin, hot }: SummaryInput): string {
  const answered = samples.filter((sample) => sample.guest !== undefined);
  const there = answered.filter((sample) => origin[sample.guest ?? ''] === hot);
  return answered.length === 0 ? '-' : percent(there.length / answered.length);
}

function latency({ samples }: Stretch): string {
  return samples.length === 0 ? '-' : `${p99(samples).toFixed(0)} ms`;
}

function move({ step }: StepReport): string {
  return `${step.guestName} ${step.from} -> ${step.to}`;
}
