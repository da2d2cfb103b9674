import { hasArrived, isOpen, type StepReport, UNDERWAY_STATES } from '@ballast/core';
import { count, formatBytes, formatDuration, formatPercent } from '../quantities.ts';
import { paragraph } from '../text/paragraph.ts';
import { type Colour, type Glyphs, type Pen, penOf, type TextStyle } from '../text/style.ts';
import { type Cell, type Column, table } from '../text/table.ts';

type State = StepReport['state'];

const MARKS: Readonly<Record<State, readonly [glyph: keyof Glyphs, colour: Colour | undefined]>> = {
  planned: ['waiting', 'dim'],
  admitted: ['waiting', undefined],
  draining: ['running', 'cyan'],
  submitted: ['running', 'cyan'],
  running: ['running', 'cyan'],
  verifying: ['done', 'green'],
  done: ['done', 'green'],
  failed: ['failed', 'red'],
  aborted: ['failed', 'yellow'],
  unknown: ['failed', 'yellow'],
  skipped: ['dash', 'yellow'],
};

const COLUMNS: readonly Column[] = [
  { title: '' },
  { title: '', align: 'right', gap: 1 },
  { title: '', shrink: true, gap: 1 },
  { title: '', shrink: true },
  { title: '' },
  { title: '', bar: 20 },
  { title: '', optional: true },
];

/** How far the steps of an execution have come: a row each, why one did not end well, and the count. */
export function renderExecution(steps: readonly StepReport[], style: TextStyle): string {
  const pen = penOf(style);
  if (steps.length === 0) return 'No migrations.\n';
  const lines = [
    ...table(
      COLUMNS,
      steps.map((step) => row(step, pen)),
      pen,
      1,
    ),
    ...steps.flatMap((step) => troubleLines(step, pen)),
    ...paragraph(tally(steps), pen, 0, 'bold'),
  ];
  return `${lines.join('\n')}\n`;
}

function row(report: StepReport, pen: Pen): readonly Cell[] {
  const { step, state, progress } = report;
  const [glyph, colour] = MARKS[state];
  const ratio = hasArrived(state) ? 1 : (progress?.ratio ?? 0);
  return [
    { text: pen.glyphs[glyph], colour },
    { text: String(step.guest) },
    { text: pen.say(step.guestName) },
    { text: `${pen.say(step.from)} ${pen.glyphs.arrow} ${pen.say(step.to)}` },
    { text: state === 'running' ? `${wordOf(report)} ${formatPercent(ratio).padStart(5)}` : state, colour },
    { text: '', ratio, colour },
    { text: figures(report), colour: 'dim' },
  ];
}

function wordOf({ adopted }: StepReport): string {
  return adopted === undefined ? 'running' : 'adopted';
}

function figures({ state, progress, outcome, startedAt, endedAt }: StepReport): string {
  if (state === 'running') return progress?.speed === undefined ? '' : `${formatBytes(progress.speed)}/s`;
  if (!hasArrived(state)) return '';
  const words = [
    ...(startedAt === undefined || endedAt === undefined ? [] : [`in ${formatDuration(endedAt - startedAt)}`]),
    ...(outcome?.downtime === undefined ? [] : [`downtime ${formatDuration(outcome.downtime)}`]),
  ];
  return words.join(', ');
}

function troubleLines({ step, state, detail, outcome }: StepReport, pen: Pen): readonly string[] {
  if (isOpen(state) || hasArrived(state)) return [];
  const why = detail ?? outcome?.detail;
  return why === undefined || why === '' ? [] : paragraph(`${step.guest} ${step.guestName} ${state}: ${why}`, pen, 1);
}

/** What is counted under one word, beside those that are done. */
const COUNTED: readonly (readonly [word: string, states: readonly State[]])[] = [
  ['running', UNDERWAY_STATES],
  ['waiting', ['planned', 'admitted']],
  ...(['failed', 'aborted', 'unknown', 'skipped'] as const).map((state) => [state, [state]] as const),
];

function tally(steps: readonly StepReport[]): string {
  const counts = COUNTED.flatMap(([word, states]) => {
    const number = steps.filter(({ state }) => states.includes(state)).length;
    return number === 0 ? [] : [`${number} ${word}`];
  });
  const done = steps.filter(({ state }) => hasArrived(state)).length;
  return `${[`${done} of ${count(steps.length, 'migration')} done`, ...counts].join(', ')}.`;
}
