import type { Diagnosis, Finding, FoundGuest, Severity } from '@ballast/core';
import { count, formatInstant } from '../quantities.ts';
import { paragraph } from '../text/paragraph.ts';
import { type Colour, type Glyphs, type Pen, penOf, type TextStyle } from '../text/style.ts';
import { padEnd, wrap } from '../text/width.ts';

const MARKS: Readonly<Record<Severity, readonly [glyph: keyof Glyphs, colour: Colour]>> = {
  failure: ['failed', 'red'],
  warning: ['running', 'yellow'],
  ok: ['done', 'green'],
};
const ORDER: readonly Severity[] = ['failure', 'warning', 'ok'];
/** Guests named in a finding; as JSON they are all listed. */
const MOST_GUESTS = 3;
const INDENT = 4;

/** The findings of an examination: what is wrong first, with its cure. */
export function renderDiagnosis(diagnosis: Diagnosis, style: TextStyle): string {
  const pen = penOf(style);
  const { cluster, checkedAt, requests, findings } = diagnosis;
  const words = [
    `Cluster ${cluster}`,
    `${count(requests, 'request')}, which changed nothing`,
    formatInstant(checkedAt),
  ];
  const sections = [
    paragraph(words.join(`  ${pen.glyphs.dot}  `), pen, 0, 'dim'),
    ...ORDER.map((severity) =>
      findings.filter((finding) => finding.severity === severity).flatMap((finding) => linesOf(finding, pen)),
    ),
    verdict(findings, pen),
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${text.join('\n\n')}\n`;
}

function linesOf(finding: Finding, pen: Pen): readonly string[] {
  const { severity, subject, code, detail, cure, commands = [], guests = [] } = finding;
  const [glyph, colour] = MARKS[severity];
  const mark = padEnd(pen.glyphs[glyph], 2);
  const [first = '', ...further] = wrap(pen.say(`${subject}: ${detail}`), pen.width - INDENT);
  if (severity === 'ok') return [`  ${pen.paint(colour, mark)}${first}`, ...further.map(indented)];
  const [head = '', ...rest] = wrap(pen.say(`${code}: ${subject}`), pen.width - INDENT);
  return [
    `  ${pen.paint(colour, mark)}${pen.paint('bold', head)}`,
    ...rest.map((line) => indented(pen.paint('bold', line))),
    ...paragraph(detail, pen, INDENT),
    ...guestLines(guests, pen),
    ...(cure === undefined ? [] : paragraph(cure, pen, INDENT, 'dim')),
    ...commands.flatMap((command) => commandLines(command, pen)),
  ];
}

function indented(line: string): string {
  return ' '.repeat(INDENT) + line;
}

function guestLines(guests: readonly FoundGuest[], pen: Pen): readonly string[] {
  if (guests.length === 0) return [];
  const shown = guests
    .slice(0, MOST_GUESTS)
    .map(({ id, name, node, detail }) => `${id} ${name} on ${node} (${detail})`);
  const rest = guests.length - shown.length;
  return paragraph(`${shown.join(', ')}${rest === 0 ? '.' : ` and ${rest} more.`}`, pen, INDENT);
}

/** A command that is too long goes on in the next line as a shell understands it. */
function commandLines(command: string, pen: Pen): readonly string[] {
  const lines = wrap(pen.say(command), pen.width - INDENT - 4);
  return lines.map((line, i) => indented(`  ${pen.paint('cyan', line)}${i < lines.length - 1 ? ' \\' : ''}`));
}

function verdict(findings: readonly Finding[], pen: Pen): readonly string[] {
  const number = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  const [failures, warnings] = [number('failure'), number('warning')];
  const words =
    failures > 0
      ? `${count(failures, 'check')} failed, ${count(warnings, 'warning')}.`
      : `Ballast can work with this cluster${warnings > 0 ? `; ${count(warnings, 'warning')}` : ''}.`;
  return paragraph(words, pen, 0, 'bold');
}
