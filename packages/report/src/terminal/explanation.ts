import type { Explanation, TargetVerdict } from '@ballast/core';
import { costOf, gainOf } from '../plan/sentences.ts';
import { formatPercent } from '../quantities.ts';
import { labelled, paragraph } from '../text/paragraph.ts';
import { type Pen, penOf, type TextStyle } from '../text/style.ts';
import { columnsOf, padEnd, truncate } from '../text/width.ts';

/** Columns that a name of a node or a code of a blocker may take on the left. */
const MOST_LABEL = 24;

/** Why a guest moves, or why it does not. */
export function renderExplanation(explanation: Explanation, style: TextStyle): string {
  const pen = penOf(style);
  const { guest, guestName, node, decision, summary } = explanation;
  const sections = [
    [...paragraph(`Guest ${guest} ${guestName} on ${node} ${decision}.`, pen, 0, 'bold'), ...paragraph(summary, pen)],
    stepLines(explanation, pen),
    blockerLines(explanation, pen),
    targetLines(explanation, pen),
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${text.join('\n\n')}\n`;
}

function stepLines({ step }: Explanation, pen: Pen): readonly string[] {
  if (step === undefined) return [];
  return [
    pen.paint('bold', 'Migration'),
    ...labelled('to', `${step.to}, ${step.mode}`, pen, 2, 6),
    ...(step.why.length === 0 ? [] : labelled('why', step.why.join(' '), pen, 2, 6)),
    ...labelled('gain', gainOf(step), pen, 2, 6),
    ...labelled('cost', costOf(step.cost), pen, 2, 6),
  ];
}

function blockerLines({ blockers }: Explanation, pen: Pen): readonly string[] {
  if (blockers.length === 0) return [];
  const width = labelWidth(blockers.map(({ code }) => code));
  return [
    pen.paint('bold', 'What stands in the way'),
    ...blockers.flatMap(({ code, detail }) => labelled(padEnd(code, width), detail, pen, 2, width)),
  ];
}

function targetLines({ targets }: Explanation, pen: Pen): readonly string[] {
  if (targets.length === 0) return [];
  const names = targets.map(({ node }) => truncate(pen.say(node), MOST_LABEL - 2, pen.glyphs.ellipsis));
  const width = labelWidth(names);
  return [
    pen.paint('bold', 'Other nodes'),
    ...targets.flatMap((verdict, i) => verdictLines(verdict, names[i] ?? '', width, pen)),
  ];
}

function verdictLines(verdict: TargetVerdict, name: string, width: number, pen: Pen): readonly string[] {
  const { allowed, code, after } = verdict;
  const mark = allowed ? pen.paint('green', pen.glyphs.done) : pen.paint('red', pen.glyphs.failed);
  const load =
    after === undefined ? '' : `with it CPU ${formatPercent(after.cpu)}, memory ${formatPercent(after.memory)}`;
  const judged = [allowed ? 'fits' : (code ?? 'refused'), load].filter((part) => part !== '').join('; ');
  const indent = 2 + columnsOf(pen.glyphs.done) + 1 + width;
  const [first = '', ...further] = paragraph(judged, pen, indent);
  return [
    `  ${mark} ${padEnd(name, width)}${first.slice(indent)}`,
    ...further,
    ...paragraph(verdict.detail, pen, indent, 'dim'),
  ];
}

function labelWidth(labels: readonly string[]): number {
  return Math.min(MOST_LABEL, Math.max(...labels.map(columnsOf)) + 2);
}
