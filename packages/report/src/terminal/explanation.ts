import { dominant, type Explanation, type TargetVerdict } from '@ballast/core';
import { costOf, gainOf } from '../plan/sentences.ts';
import { count, formatPercent } from '../quantities.ts';
import { byName } from '../text/order.ts';
import { labelled, paragraph } from '../text/paragraph.ts';
import { type Pen, penOf, type TextStyle } from '../text/style.ts';
import { columnsOf, padEnd, truncate } from '../text/width.ts';

/** Columns that a name of a node or a code of a blocker may take on the left. */
const MOST_LABEL = 24;
/** A cluster larger than this shows the nodes that come closest to taking the guest. */
const MOST_TARGETS = 16;

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

function targetLines(explanation: Explanation, pen: Pen): readonly string[] {
  const { targets } = explanation;
  if (targets.length === 0) return [];
  const shown = targets.length > MOST_TARGETS ? bestTargets(explanation) : byName(targets, ({ node }) => node);
  const rest = targets.length - shown.length;
  const names = shown.map(({ node }) => truncate(pen.say(node), MOST_LABEL - 2, pen.glyphs.ellipsis));
  const width = labelWidth(names);
  return [
    pen.paint('bold', 'Other nodes'),
    ...shown.flatMap((verdict, i) => verdictLines(verdict, names[i] ?? '', width, pen)),
    ...(rest === 0 ? [] : paragraph(`and ${count(rest, 'other node')}; as JSON they are all listed.`, pen, 2, 'dim')),
  ];
}

/** The chosen node first, then those that may take the guest, the least loaded first. */
function bestTargets({ targets, step }: Explanation): readonly TargetVerdict[] {
  const rank = ({ node, allowed, after }: TargetVerdict): number => {
    if (node === step?.to) return -1;
    return (allowed ? 0 : 10) + (after === undefined ? 1 : dominant(after).ratio);
  };
  return targets.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST_TARGETS);
}

function verdictLines(verdict: TargetVerdict, name: string, width: number, pen: Pen): readonly string[] {
  const { allowed, code, detail, after } = verdict;
  const mark = allowed ? pen.paint('green', pen.glyphs.done) : pen.paint('red', pen.glyphs.failed);
  const load =
    after === undefined ? '' : `CPU ${formatPercent(after.cpu)}, memory ${formatPercent(after.memory)} with it`;
  const said = pen.say(detail) === '' ? load : detail;
  const judged = allowed ? said || 'Allowed.' : [code ?? 'refused', said].filter((part) => part !== '').join(': ');
  const indent = 2 + columnsOf(pen.glyphs.done) + 1 + width;
  const [first = '', ...further] = paragraph(judged, pen, indent);
  return [`  ${mark} ${padEnd(name, width)}${first.slice(indent)}`, ...further];
}

function labelWidth(labels: readonly string[]): number {
  return Math.min(MOST_LABEL, Math.max(...labels.map(columnsOf)) + 2);
}
