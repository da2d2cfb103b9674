import { begunAt, type MoveRecord } from '@ballast/core';
import { count, formatBytes, formatDuration, formatInstant, formatPercent, RESOURCE_WORDS } from '../quantities.ts';
import { paragraph } from '../text/paragraph.ts';
import { type Colour, type Pen, penOf, type TextStyle } from '../text/style.ts';
import { type Cell, type Column, table } from '../text/table.ts';

const COLOURS: Readonly<Record<MoveRecord['outcome'], Colour>> = {
  running: 'cyan',
  done: 'green',
  failed: 'red',
  aborted: 'yellow',
};

const COLUMNS: readonly Column[] = [
  { title: 'began' },
  { title: 'guest', align: 'right' },
  { title: '', shrink: true, gap: 1 },
  { title: 'from, to', shrink: true },
  { title: 'outcome' },
  { title: 'took', align: 'right', optional: true },
  { title: 'reason', optional: true },
];

/** Migrations of the past, the newest first; with `why`, each with its reasons and with who let it be carried out. */
export function renderHistory(moves: readonly MoveRecord[], why: boolean, style: TextStyle): string {
  const pen = penOf(style);
  if (moves.length === 0) return 'No migrations in the last week.\n';
  const sorted = moves.toSorted((a, b) => begunAt(b) - begunAt(a));
  const lines = why
    ? stories(sorted, pen)
    : table(
        COLUMNS,
        sorted.map((move) => row(move, pen)),
        pen,
      );
  return `${[...lines, '', ...paragraph(tally(moves), pen, 0, 'bold')].join('\n')}\n`;
}

/** Each migration with its reasons, and with who let it be carried out. */
export function stories(moves: readonly MoveRecord[], pen: Pen): readonly string[] {
  return moves.flatMap((move, n) => [...(n === 0 ? [] : ['']), ...story(move, pen)]);
}

function row(move: MoveRecord, pen: Pen): readonly Cell[] {
  return [
    { text: formatInstant(move.startedAt) },
    { text: String(move.guest) },
    { text: pen.say(move.name ?? '') },
    { text: way(move, pen) },
    { text: move.outcome, colour: COLOURS[move.outcome] },
    { text: move.endedAt === undefined ? '' : formatDuration(move.endedAt - move.startedAt) },
    { text: move.reason ?? '', colour: 'dim' },
  ];
}

function story(move: MoveRecord, pen: Pen): readonly string[] {
  const { guest, name, outcome, startedAt, endedAt, by, plan, task, detail, why = [] } = move;
  const took = endedAt === undefined ? '' : ` after ${formatDuration(endedAt - startedAt)}`;
  const head = `${formatInstant(startedAt)}  ${guest} ${name ?? ''}  ${way(move, pen)}  ${outcome}${took}`;
  const asked = [by === undefined ? '' : `by ${by}`, plan === undefined ? '' : `plan ${plan}`, task ?? ''];
  return [
    ...paragraph(pen.say(head), pen, 0, COLOURS[outcome]),
    ...(detail === undefined ? [] : paragraph(pen.say(detail), pen, 2)),
    ...sent(move).flatMap((sentence) => paragraph(sentence, pen, 2)),
    ...why.flatMap((sentence) => paragraph(pen.say(sentence), pen, 2)),
    ...effect(move).flatMap((sentence) => paragraph(pen.say(sentence), pen, 2)),
    ...paragraph(pen.say(asked.filter((word) => word !== '').join(', ')), pen, 2, 'dim'),
  ];
}

/** What crossed the network, where that was measured. */
function sent({ transferred, downtime }: MoveRecord): readonly string[] {
  if (transferred === undefined) return [];
  const still = downtime === undefined ? '' : `; the guest stood still for ${formatDuration(downtime)}`;
  return [`${formatBytes(transferred)} of memory crossed the network${still}.`];
}

/** What it brought, beside what it was to bring. */
function effect({ from, to, projected, verified, overdue }: MoveRecord): readonly string[] {
  const late = overdue === true ? ['It took longer than it might have.'] : [];
  if (verified === undefined || projected === undefined) return late;
  const { expected, observed, kept } = verified;
  const word = RESOURCE_WORDS[projected.resource];
  const fell = `${word} of ${from} fell by ${formatPercent(observed.from)} (projected ${formatPercent(expected.from)})`;
  const rose = `that of ${to} rose by ${formatPercent(observed.to)} (projected ${formatPercent(expected.to)})`;
  return [
    ...late,
    `${kept ? 'It brought what was projected' : 'It did not bring what was projected'}: ${fell}, ${rose}.`,
  ];
}

function way({ from, to }: MoveRecord, pen: Pen): string {
  return `${pen.say(from)} ${pen.glyphs.arrow} ${pen.say(to)}`;
}

function tally(moves: readonly MoveRecord[]): string {
  const counts = (['running', 'done', 'failed', 'aborted'] as const).flatMap((outcome) => {
    const found = moves.filter((move) => move.outcome === outcome).length;
    return found === 0 ? [] : [`${found} ${outcome}`];
  });
  return `${count(moves.length, 'migration')}: ${counts.join(', ')}.`;
}
