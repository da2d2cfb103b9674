import { type BalancePolicy, RESOURCES } from '@ballast/core';
import { count, formatInstant, formatPercent } from '../quantities.ts';
import { colourOfClass, colourOfLoad } from '../text/loads.ts';
import { labelled, paragraph } from '../text/paragraph.ts';
import { type Pen, penOf, type TextStyle } from '../text/style.ts';
import { type Cell, type Column, table } from '../text/table.ts';
import { padEnd, truncate } from '../text/width.ts';
import { guestNames } from './blocked.ts';
import type { PlanReportInput } from './input.ts';
import { type BlockedGroup, type NodeChange, outlinePlan, type PlanOutline } from './outline.ts';
import { closingOf, costOf, elseOf, gainOf, wavesOf, weightsSentence, whyOf } from './sentences.ts';

/** A cluster larger than this shows the nodes that the plan changes, or that are hot; the others are counted. */
const MOST_NODES = 16;
/** Hot nodes with a sentence of their own. */
const MOST_HOT = 8;
/** Guests that are named for each code, and those among them that have a sentence. */
const MOST_BLOCKED = 3;
/** Broken rules with a sentence of their own. */
const MOST_BROKEN = 8;

/** A plan for a terminal. */
export function planText(input: PlanReportInput, style: TextStyle): string {
  const pen = penOf(style);
  const outline = outlinePlan(input);
  const sections = [
    heading(input, outline, pen),
    ...input.plan.steps.map((_, i) => stepLines(input, i, pen)),
    section('Nodes', nodeLines(outline, input.policy, pen), pen),
    section(outline.unresolvedTitle, unresolvedLines(input, pen), pen),
    section('Stay broken', brokenLines(outline, pen), pen),
    section(
      'Blocked guests',
      outline.blocked.flatMap((group) => blockedLines(group, outline, pen)),
      pen,
    ),
    section(
      'Weights',
      (input.weights?.services ?? []).flatMap((service) => paragraph(weightsSentence(service), pen, 2)),
      pen,
    ),
    closingOf(input).flatMap((note) => paragraph(note, pen)),
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${text.join('\n\n')}\n`;
}

function heading(input: PlanReportInput, outline: PlanOutline, pen: Pen): readonly string[] {
  const { plan, mode, cluster } = input;
  const words = [
    `Cluster ${cluster}`,
    ...(mode === undefined ? [] : [`mode ${mode}`]),
    formatInstant(plan.decidedAt),
    `plan ${plan.id}`,
  ];
  return [
    ...paragraph(words.join(`  ${pen.glyphs.dot}  `), pen, 0, 'dim'),
    ...paragraph(outline.summary, pen, 0, 'bold'),
    ...hotLines(outline.hot, pen),
    ...(wavesOf(plan) === '' ? [] : paragraph(wavesOf(plan), pen)),
  ];
}

function hotLines(hot: readonly string[], pen: Pen): readonly string[] {
  const shown = hot.slice(0, hot.length > MOST_HOT ? MOST_HOT - 1 : MOST_HOT);
  const rest = hot.length - shown.length;
  const sentences = rest === 0 ? shown : [...shown, `So are ${rest} other nodes.`];
  return sentences.flatMap((sentence) => paragraph(sentence, pen));
}

function section(title: string, lines: readonly string[], pen: Pen): readonly string[] {
  return lines.length === 0 ? [] : [pen.paint('bold', title), ...lines];
}

function stepLines({ plan }: PlanReportInput, index: number, pen: Pen): readonly string[] {
  const step = plan.steps[index];
  if (step === undefined) return [];
  const number = `${index + 1}.`.padStart(`${plan.steps.length}.`.length);
  const indent = number.length + 3;
  const wave = step.wave === undefined ? '' : `  wave ${step.wave}`;
  const route = `  ${pen.say(step.from)} ${pen.glyphs.arrow} ${pen.say(step.to)}  ${step.mode}${wave}`;
  const title = `${step.kind} ${step.guest} ${pen.say(step.guestName)}`;
  const fits = truncate(title, Math.max(24, pen.width - indent - route.length), pen.glyphs.ellipsis);
  const head = truncate(fits + route, pen.width - indent, pen.glyphs.ellipsis);
  return [
    `  ${number} ${pen.paint('bold', head)}`,
    ...labelled('why', whyOf(step), pen, indent, 6),
    ...labelled('gain', gainOf(step), pen, indent, 6),
    ...labelled('cost', costOf(step.cost), pen, indent, 6),
    ...(elseOf(step) === '' ? [] : labelled('else', elseOf(step), pen, indent, 6)),
  ];
}

function nodeLines(outline: PlanOutline, policy: BalancePolicy, pen: Pen): readonly string[] {
  const shown = outline.nodes.length > MOST_NODES ? outline.nodes.filter((node) => node.notable) : outline.nodes;
  const hidden = outline.nodes.length - shown.length;
  const changes = outline.decision === 'migrate';
  const columns: readonly Column[] = [
    { title: 'node', shrink: true },
    { title: 'CPU', align: 'right' },
    { title: changes ? 'before' : '', bar: 20 },
    ...(changes ? [{ title: 'after', bar: 20 }] : []),
    { title: 'memory', align: 'right' },
    { title: 'guests', align: 'right', optional: true },
    { title: 'class' },
  ];
  const rows = shown.map((node) => nodeRow(node, changes, policy, pen));
  return [
    ...(rows.length === 0 ? [] : table(columns, rows, pen, 2)),
    ...(hidden === 0
      ? []
      : paragraph(`${count(hidden, 'other node')} ${hidden === 1 ? 'does' : 'do'} not change.`, pen, 2, 'dim')),
  ];
}

function nodeRow(
  { node, before, after }: NodeChange,
  changes: boolean,
  policy: BalancePolicy,
  pen: Pen,
): readonly Cell[] {
  const fromTo = (from: string, to: string): string => (from === to.trim() ? to : `${from} ${pen.glyphs.arrow} ${to}`);
  const [cpu, memory] = RESOURCES.map((resource): Cell => {
    const [from, to] = [before.utilization[resource], after.utilization[resource]];
    const text = fromTo(formatPercent(from), formatPercent(to).padStart(4)).trim();
    return { text, colour: colourOfLoad(to, resource, policy) };
  });
  const load = (ratio: number): Cell => ({ text: '', ratio, colour: colourOfLoad(ratio, 'cpu', policy) });
  return [
    { text: pen.say(node) },
    cpu ?? { text: '' },
    load(before.utilization.cpu),
    ...(changes ? [load(after.utilization.cpu)] : []),
    memory ?? { text: '' },
    { text: fromTo(String(before.guests), String(after.guests)) },
    { text: fromTo(before.class, after.class), colour: colourOfClass(after.class) },
  ];
}

function unresolvedLines({ plan }: PlanReportInput, pen: Pen): readonly string[] {
  return plan.unresolved.flatMap(({ node, detail }) => paragraph(`${node}: ${detail}`, pen, 2));
}

function brokenLines({ broken }: PlanOutline, pen: Pen): readonly string[] {
  const rest = broken.length - MOST_BROKEN;
  return [
    ...broken
      .slice(0, MOST_BROKEN)
      .flatMap(({ sentence, reasons }) => [
        ...paragraph(sentence, pen, 2),
        ...reasons.flatMap((reason) => paragraph(reason, pen, 4, 'dim')),
      ]),
    ...(rest > 0 ? paragraph(`and ${rest} more; as JSON they are all listed.`, pen, 2, 'dim') : []),
  ];
}

function blockedLines(group: BlockedGroup, outline: PlanOutline, pen: Pen): readonly string[] {
  const width = Math.max(...outline.blocked.map(({ code }) => code.length)) + 2;
  const most = outline.namesAll ? Number.POSITIVE_INFINITY : MOST_BLOCKED;
  const text = `${count(new Set(group.guests.map(({ guest }) => guest)).size, 'guest')}: ${guestNames(group.guests, most)}`;
  return [
    ...labelled(padEnd(group.code, width), text, pen, 2, width),
    ...group.guests
      .filter((guest) => guest.pressing)
      .slice(0, most)
      .flatMap(({ guest, detail }) => paragraph(`${guest}: ${detail}`, pen, width + 2, 'dim')),
  ];
}
