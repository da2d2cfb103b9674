import { type BalancePolicy, RESOURCES } from '@ballast/core';
import { above } from '../limits.ts';
import { count, formatFactor, formatInstant, formatPercent, RESOURCE_WORDS } from '../quantities.ts';
import { printable } from '../text/style.ts';
import { guestNames } from './blocked.ts';
import type { PlanReportInput } from './input.ts';
import { type NodeChange, outlinePlan, type PlanOutline } from './outline.ts';
import { closingOf, costOf, gainOf, wavesOf, weightsSentence, whyOf } from './sentences.ts';

/** Broken rules with an item of their own. */
const MOST_BROKEN = 25;

/** A plan for a ticket or a chat: headings and tables of GitHub's Markdown. */
export function planMarkdown(input: PlanReportInput): string {
  const { plan, policy } = input;
  const outline = outlinePlan(input);
  const sections = [
    [`## Balance of cluster ${escaped(input.cluster)}`],
    [`**${escaped(outline.summary)}**`],
    [...outline.hot, ...(wavesOf(plan) === '' ? [] : [wavesOf(plan)])].map((sentence) => `- ${escaped(sentence)}`),
    part('Migrations', stepTable(input)),
    whys(input),
    part('Nodes', nodeTable(outline.nodes, policy)),
    part(
      outline.unresolvedTitle,
      plan.unresolved.map(({ node, detail }) => `- **${escaped(node)}**: ${escaped(detail)}`),
    ),
    part('Stay broken', brokenList(outline)),
    part('Blocked guests', blockedTable(outline)),
    part('Weights', weightList(input)),
    closingOf(input).map((note) => `> ${escaped(note)}`),
    [`<sub>${footer(input)}</sub>`],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function part(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`### ${title}`, '', ...lines];
}

function footer({ plan, mode }: PlanReportInput): string {
  const words = [`Plan ${plan.id}`, `snapshot ${plan.snapshotId}`, formatInstant(plan.decidedAt)];
  return escaped([...words, ...(mode === undefined ? [] : [`mode ${mode}`])].join(' · '));
}

function stepTable({ plan }: PlanReportInput): readonly string[] {
  const rows = plan.steps.map((step, i) => [
    `${i + 1}`,
    step.wave === undefined ? '' : `${step.wave}`,
    `${step.kind} ${step.guest} ${step.guestName}`,
    step.from,
    step.to,
    step.mode,
    gainOf(step),
    costOf(step.cost),
  ]);
  return rows.length === 0 ? [] : table(['#>', 'wave>', 'guest', 'from', 'to', 'mode', 'gain', 'cost'], rows);
}

function whys({ plan }: PlanReportInput): readonly string[] {
  return plan.steps.map((step, i) => `${i + 1}. **${escaped(step.guestName)}**: ${escaped(whyOf(step))}`);
}

function nodeTable(nodes: readonly NodeChange[], policy: BalancePolicy): readonly string[] {
  if (nodes.length === 0) return [];
  const loads = RESOURCES.flatMap((resource) => [`${RESOURCE_WORDS[resource]} before>`, 'after>']);
  const rows = nodes.map(({ node, before, after }) => [
    node,
    ...RESOURCES.flatMap((resource) =>
      [before, after].map(({ utilization }) => {
        const mark = above(utilization[resource], policy[resource].high) ? ' (hot)' : '';
        return formatPercent(utilization[resource]) + mark;
      }),
    ),
    fromTo(String(before.guests), String(after.guests)),
    fromTo(before.class, after.class),
  ]);
  return table(['node', ...loads, 'guests>', 'class'], rows);
}

function fromTo(from: string, to: string): string {
  return from === to ? to : `${from} → ${to}`;
}

function brokenList({ broken }: PlanOutline): readonly string[] {
  const rest = broken.length - MOST_BROKEN;
  return [
    ...broken
      .slice(0, MOST_BROKEN)
      .flatMap(({ sentence, reasons }) => [
        `- ${escaped(sentence)}`,
        ...reasons.map((reason) => `  - ${escaped(reason)}`),
      ]),
    ...(rest > 0 ? [`- and ${rest} more`] : []),
  ];
}

function blockedTable({ blocked, namesAll }: PlanOutline): readonly string[] {
  if (blocked.length === 0) return [];
  if (namesAll) {
    const each = blocked.flatMap(({ guests }) => guests);
    return table(
      ['code', 'guest', 'why'],
      each.map((guest) => [guest.code, guestNames([guest], 1), guest.detail]),
    );
  }
  const rows = blocked.map(({ code, guests }) => [
    code,
    String(new Set(guests.map(({ guest }) => guest)).size),
    guestNames(guests, 5),
    guests[0]?.detail ?? '',
  ]);
  return table(['code', 'guests>', 'which', 'for example'], rows);
}

function weightList({ weights }: PlanReportInput): readonly string[] {
  return (weights?.services ?? []).map((service) => {
    const members = service.members.map(
      ({ member, weight, state }) => `${member.name} ${state === 'drain' ? 'draining' : formatFactor(weight)}`,
    );
    const shown =
      members.slice(0, 12).join(', ') + (members.length > 12 ? `, and ${count(members.length - 12, 'other')}` : '');
    return `- ${escaped(weightsSentence(service))}${shown === '' ? '' : ` (${escaped(shown)})`}`;
  });
}

/** A title that ends with `>` heads a column of numbers. */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const heads = titles.map((title) => title.replace(/>$/, ''));
  const rules = titles.map((title) => (title.endsWith('>') ? '---:' : '---'));
  return [heads, rules, ...rows.map((row) => row.map(escaped))].map((cells) => `| ${cells.join(' | ')} |`);
}

/** A text from elsewhere, without a meaning in Markdown, on one line. */
function escaped(text: string): string {
  return printable(text)
    .replace(/[\\`*_[\]|~#]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
