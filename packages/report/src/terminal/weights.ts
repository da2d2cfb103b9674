import { type CurrentWeight, type MemberWeight, memberKey, type ServiceWeights, type WeightTable } from '@ballast/core';
import { weightsSentence } from '../plan/sentences.ts';
import { formatFactor } from '../quantities.ts';
import { paragraph } from '../text/paragraph.ts';
import { type Pen, penOf, type TextStyle } from '../text/style.ts';
import { type Cell, type Column, table } from '../text/table.ts';

type Current = ReadonlyMap<string, readonly CurrentWeight[]>;

/**
 * The decided weight of every member beside what the load balancers have now, and the factors it was made of.
 * @param current what was read from the targets; a member that none of them told of shows a dash
 */
export function renderWeights(weights: WeightTable, current: readonly CurrentWeight[], style: TextStyle): string {
  const pen = penOf(style);
  if (weights.services.length === 0) return 'No services are configured: there is nothing to weigh.\n';
  const known = new Map<string, CurrentWeight[]>();
  for (const each of current) {
    const key = memberKey(each.service, each.guest);
    known.set(key, [...(known.get(key) ?? []), each]);
  }
  return `${weights.services.map((service) => serviceLines(service, known, pen).join('\n')).join('\n\n')}\n`;
}

const COLUMNS: readonly Column[] = [
  { title: 'member', shrink: true },
  { title: 'guest', align: 'right' },
  { title: 'carried as', shrink: true, optional: true },
  { title: 'now', align: 'right' },
  { title: 'new', align: 'right' },
  { title: '', bar: 16, gap: 1 },
  { title: 'headroom', align: 'right', optional: true },
  { title: 'pressure', align: 'right', optional: true },
  { title: 'migration', align: 'right', optional: true },
];

function serviceLines(service: ServiceWeights, known: Current, pen: Pen): readonly string[] {
  const rows = service.members.flatMap((member) => {
    const carried = known.get(memberKey(service.service, member.member.guest)) ?? [];
    return carried.length === 0
      ? [memberRow(member, undefined, pen)]
      : carried.map((each) => memberRow(member, each, pen));
  });
  return [
    ...paragraph(weightsSentence(service), pen, 0, 'bold'),
    ...(rows.length === 0 ? [] : table(COLUMNS, rows, pen, 2)),
  ];
}

function memberRow(
  { member, weight, state, factors }: MemberWeight,
  current: CurrentWeight | undefined,
  pen: Pen,
): readonly Cell[] {
  const shown = state === 'drain' ? 'drain' : formatFactor(weight);
  const now = current?.state === 'drain' ? 'drain' : current && formatFactor(current.weight);
  return [
    { text: pen.say(member.name) },
    { text: String(member.guest) },
    { text: pen.say(current?.handle ?? pen.glyphs.dash), colour: 'dim' },
    { text: now ?? pen.glyphs.dash },
    { text: shown, colour: now === shown ? undefined : 'cyan' },
    { text: '', ratio: state === 'drain' ? 0 : weight, colour: 'cyan' },
    { text: formatFactor(factors.headroom), colour: 'dim' },
    { text: formatFactor(factors.pressure), colour: 'dim' },
    { text: formatFactor(factors.migration), colour: 'dim' },
  ];
}
