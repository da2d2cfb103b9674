import { type Assessment, type BalancePolicy, type NodeAssessment, RESOURCES } from '@ballast/core';
import { hotSentences } from '../plan/outline.ts';
import { count, formatInstant, formatPercent, RESOURCE_WORDS } from '../quantities.ts';
import { colourOfClass, colourOfLoad } from '../text/loads.ts';
import { byName } from '../text/order.ts';
import { paragraph } from '../text/paragraph.ts';
import { type Colour, type Pen, penOf, type TextStyle } from '../text/style.ts';
import { type Cell, type Column, table } from '../text/table.ts';
import { nativeBalancerNote } from './native-balancer.ts';

/** The nodes of a cluster with their loads and classes; `notes` are sentences of their own. */
export function renderStatus(
  assessment: Assessment,
  policy: BalancePolicy,
  style: TextStyle,
  notes: readonly string[] = [],
): string {
  const pen = penOf(style);
  const { nodes } = assessment;
  const sections = [
    heading(assessment, pen),
    nodes.length === 0
      ? paragraph('The cluster shows no nodes.', pen)
      : table(COLUMNS, rows(assessment, policy, pen), pen),
    hotSentences(assessment, policy).flatMap((sentence) => paragraph(sentence, pen)),
    [...notes, ...remarks(assessment, policy)].flatMap((sentence) => paragraph(sentence, pen)),
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${text.join('\n\n')}\n`;
}

const COLUMNS: readonly Column[] = [
  { title: 'node', shrink: true },
  { title: 'state' },
  ...RESOURCES.flatMap((resource): readonly Column[] => [
    { title: RESOURCE_WORDS[resource], align: 'right' },
    { title: '', bar: 20, gap: 1 },
  ]),
  { title: 'guests', align: 'right', optional: true },
];

function heading({ snapshot }: Assessment, pen: Pen): readonly string[] {
  const running = snapshot.guests.filter((guest) => guest.status === 'running').length;
  const words = [
    `Cluster ${snapshot.cluster}`,
    count(snapshot.nodes.length, 'node'),
    `${count(snapshot.guests.length, 'guest')}, ${running} running`,
    formatInstant(snapshot.takenAt),
  ];
  return paragraph(words.join(`  ${pen.glyphs.dot}  `), pen, 0, 'dim');
}

function rows(assessment: Assessment, policy: BalancePolicy, pen: Pen): readonly (readonly Cell[])[] {
  const guests = new Map<string, number>();
  for (const { node, status } of assessment.snapshot.guests) {
    if (status === 'running') guests.set(node, (guests.get(node) ?? 0) + 1);
  }
  return byName(assessment.nodes, ({ node }) => node.name).map((assessed) => [
    { text: pen.say(assessed.node.name) },
    stateOf(assessed),
    ...RESOURCES.flatMap((resource): readonly Cell[] => {
      const ratio = assessed.utilization[resource];
      const colour = colourOfLoad(ratio, resource, policy);
      return [
        { text: formatPercent(ratio), colour },
        { text: '', ratio, colour },
      ];
    }),
    { text: String(guests.get(assessed.node.name) ?? 0) },
  ]);
}

function stateOf({ node, class: name }: NodeAssessment): {
  readonly text: string;
  readonly colour?: Colour | undefined;
} {
  if (node.status !== 'online') return { text: node.status, colour: 'red' };
  if (node.drained === true) return { text: 'drained', colour: 'yellow' };
  if (node.maintenance) return { text: 'maintenance', colour: 'yellow' };
  return { text: name, colour: colourOfClass(name) };
}

function remarks({ snapshot, guests }: Assessment, policy: BalancePolicy): readonly string[] {
  const note = nativeBalancerNote(snapshot, policy);
  const blocked = guests.filter(({ guest, blockers }) => guest.status === 'running' && blockers.length > 0).length;
  return [
    ...(snapshot.quorate ? [] : ['The cluster has no quorum: nothing is migrated.']),
    ...(note === undefined ? [] : [note.warning ? `Warning: ${note.text}` : note.text]),
    ...(blocked === 0 ? [] : [`${count(blocked, 'running guest')} may not move now: \`ballast plan\` tells why.`]),
  ];
}
