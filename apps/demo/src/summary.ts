import { hasArrived, type NodeName, type Ratio, type StepReport } from '@ballast/core';
import { isInTime } from './fabric/failover.ts';
import { type FabricResult, type FabricStretch, fabricSucceeded, livingOf, worstStall } from './fabric/result.ts';
import { p99, type Sample } from './load.ts';

/** What was seen in one stretch of the demo. */
export interface Stretch {
  readonly samples: readonly Sample[];
  /** CPU utilization of each node at its end. */
  readonly cpu: Readonly<Record<NodeName, Ratio>>;
  /** Where there is a fabric. */
  readonly fabric?: FabricStretch;
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
  /** Where there was a fabric. */
  readonly fabric?: FabricResult;
}

type Row = readonly [string, string, string];

/** Whether no node is above its threshold at the end and nothing was lost. */
export function succeeded(input: SummaryInput): boolean {
  return isBalanced(input) && (input.fabric === undefined || fabricSucceeded(input.fabric));
}

/** The closing table, at most 80 columns wide. */
export function summaryText(input: SummaryInput): string {
  const { before, after, hot, migrations, sent, failed, front, fabric } = input;
  const done = migrations.filter(({ state }) => hasArrived(state));
  const rows: readonly Row[] = [
    ['', 'before', 'after'],
    ['hot nodes', hotNodes(before, input.high), hotNodes(after, input.high)],
    ...Object.keys(before.cpu).map(
      (node) => [`  cpu of ${node}`, percent(before.cpu[node] ?? 0), percent(after.cpu[node] ?? 0)] as const,
    ),
    [`traffic to guests that began on ${hot}`, share(before.samples, input), share(after.samples, input)],
    ['99 of 100 requests answered within', latency(before.samples), latency(after.samples)],
    ...fabricRows(input),
  ];
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  const table = rows.map(([label, a, b]) => `  ${label.padEnd(width)}${a.padStart(12)}${b.padStart(14)}`.trimEnd());
  return [
    'Summary',
    ...table,
    '',
    `  Migrations: ${done.length} of ${migrations.length}${done.length === 0 ? '' : ` (${done.map(move).join(', ')})`}`,
    `  Requests through ${front}: ${sent} sent, ${failed} failed`,
    ...(fabric === undefined ? [] : fabricLines(fabric)),
    '',
    isBalanced(input)
      ? 'Balanced: no node is above its threshold, and no request failed.'
      : 'Not balanced: a node is above its threshold, or requests failed (see above).',
    ...(fabric === undefined ? [] : [verdict(fabric)]),
    '',
  ].join('\n');
}

function isBalanced({ after, high, failed, sent }: SummaryInput): boolean {
  return failed === 0 && sent > 0 && Object.values(after.cpu).every((cpu) => cpu <= high);
}

function fabricRows(input: SummaryInput): readonly Row[] {
  const { before, after, origin, hot } = input;
  if (before.fabric === undefined || after.fabric === undefined) return [];
  const asked = ({ shares }: FabricStretch): string => {
    const there = [...shares].filter(([guest]) => origin[guest] === hot);
    return percent(there.reduce((sum, [, part]) => sum + part, 0));
  };
  const [a, b] = [before.fabric, after.fabric];
  return [
    ['through the fabric', '', ''],
    [`  traffic to guests that began on ${hot}`, share(a.samples, input), share(b.samples, input)],
    ['    what their weights ask for', asked(a), asked(b)],
    ['  99 of 100 requests answered within', latency(a.samples), latency(b.samples)],
  ];
}

function fabricLines(result: FabricResult): readonly string[] {
  const { version, sent, failed, held, reasons, relocations, failover } = result;
  const living = livingOf(result);
  const moved = relocations.map(({ guest, from, to }) => {
    const its = living.filter((connection) => connection.guest === guest).length;
    return `    ${its} of them to ${guest}, whose host moved from ${from} to ${to}`;
  });
  return [
    `  Requests through Open vSwitch ${version}: ${sent} sent, ${failed} failed`,
    `  Connections kept open: ${living.length} of ${held.length} lived, longest wait ${milliseconds(worstStall(result))}`,
    ...moved,
    ...(reasons.length === 0 ? [] : [`    lost: ${reasons.join(', ')}`.slice(0, 80)]),
    ...(failover === undefined
      ? []
      : [
          `  ${failover.guest} killed: last new connection to it after ${milliseconds(failover.lastLost)}`,
          `    (detection window ${milliseconds(failover.window)}); ${failover.lost} of ${failover.sent} requests lost until then`,
        ]),
  ];
}

function verdict(result: FabricResult): string {
  const { failover } = result;
  if (!fabricSucceeded(result)) {
    return failover === undefined || isInTime(failover)
      ? 'The fabric fell short: requests or connections were lost (see above).'
      : 'The fabric fell short: a killed guest was left too late. Is this machine busy?';
  }
  if (failover === undefined) return 'The fabric lost no request and no connection.';
  return `The fabric lost no connection, and left a killed guest in ${milliseconds(failover.lastLost)}.`;
}

const percent = (ratio: Ratio): string => `${Math.round(ratio * 100)} %`;
const milliseconds = (duration: number): string => `${Math.round(duration)} ms`;

function hotNodes({ cpu }: Stretch, high: Ratio): string {
  const names = Object.keys(cpu).filter((node) => (cpu[node] ?? 0) > high);
  return names.length === 0 ? 'none' : names.join(', ');
}

function share(samples: readonly Sample[], { origin, hot }: SummaryInput): string {
  const answered = samples.filter((sample) => sample.guest !== undefined);
  const there = answered.filter((sample) => origin[sample.guest ?? ''] === hot);
  return answered.length === 0 ? '-' : percent(there.length / answered.length);
}

function latency(samples: readonly Sample[]): string {
  return samples.length === 0 ? '-' : milliseconds(p99(samples));
}

function move({ step }: StepReport): string {
  return `${step.guestName} ${step.from} -> ${step.to}`;
}
