import type { Ratio } from '@ballast/core';
import { bar } from './bar.ts';
import type { Colour, Pen } from './style.ts';
import { columnsOf, padEnd, padStart, truncate } from './width.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** Spaces before the column; 2 by default. */
  readonly gap?: number;
  /** Long values are truncated when the table would be too wide. */
  readonly shrink?: true;
  /** Left out, the last such column first, when the table would still be too wide. */
  readonly optional?: true;
  /** Takes what room is left, up to so many columns; left out when fewer than 3 are. */
  readonly bar?: number;
}

export interface Cell {
  readonly text: string;
  readonly colour?: Colour | undefined;
  /** Filled share, in a column of bars. */
  readonly ratio?: Ratio;
}

interface Sized extends Column {
  readonly index: number;
  readonly width: number;
}

const LEAST_BAR = 3;
const LEAST_NAME = 12;

/** Lines of a table, none wider than the pen, `indent` included. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  pen: Pen,
  indent = 0,
): readonly string[] {
  const sized = fit(measure(columns, rows), pen.width - indent);
  const titles = columns.map((column) => ({ text: column.title, colour: 'dim' as const }));
  const withHeader = columns.some((column) => column.title !== '') ? [titles, ...rows] : rows;
  return withHeader.map((row) => ' '.repeat(indent) + line(sized, row, pen));
}

function measure(columns: readonly Column[], rows: readonly (readonly Cell[])[]): readonly Sized[] {
  return columns.map((column, index) => ({
    ...column,
    index,
    width: column.bar === undefined ? widest(column, index, rows) : 0,
  }));
}

function widest(column: Column, index: number, rows: readonly (readonly Cell[])[]): number {
  return Math.max(columnsOf(column.title), ...rows.map((row) => columnsOf(row[index]?.text ?? '')));
}

/** Shrinks, leaves out, then gives what is left to the bars. */
function fit(columns: readonly Sized[], width: number): readonly Sized[] {
  let fixed = shrink(
    columns.filter((column) => column.bar === undefined),
    width,
    LEAST_NAME,
  );
  while (total(fixed) > width) {
    const last = fixed.findLastIndex((column) => column.optional === true);
    if (last < 0) break;
    fixed = fixed.filter((_, i) => i !== last);
  }
  fixed = shrink(fixed, width, 1);
  const bars = columns.filter((column) => column.bar !== undefined);
  const room = width - total(fixed) - bars.reduce((sum, column) => sum + gapOf(column), 0);
  const each = bars.length === 0 ? 0 : Math.floor(room / bars.length);
  const drawn = each < LEAST_BAR ? [] : bars.map((column) => ({ ...column, width: Math.min(each, column.bar ?? 0) }));
  return [...fixed, ...drawn].sort((a, b) => a.index - b.index);
}

function shrink(columns: readonly Sized[], width: number, least: number): readonly Sized[] {
  const widths = columns.map((column) => column.width);
  for (let excess = total(columns) - width; excess > 0; excess--) {
    const sizes = columns.map((column, i) => (column.shrink === true ? (widths[i] ?? 0) : 0));
    const at = sizes.indexOf(Math.max(...sizes));
    if ((sizes[at] ?? 0) <= least) break;
    widths[at] = (widths[at] ?? 0) - 1;
  }
  return columns.map((column, i) => ({ ...column, width: widths[i] ?? 0 }));
}

function total(columns: readonly Sized[]): number {
  return columns.reduce((sum, column, i) => sum + column.width + (i === 0 ? 0 : gapOf(column)), 0);
}

function gapOf(column: Column): number {
  return column.gap ?? 2;
}

function line(columns: readonly Sized[], row: readonly Cell[], pen: Pen): string {
  const cells = columns.map((column, i) => {
    const cell = row[column.index] ?? { text: '' };
    const gap = ' '.repeat(i === 0 ? 0 : gapOf(column));
    // The last column needs no padding: trailing blanks wrap on narrow terminals.
    const text = written(cell, column, i === columns.length - 1, pen);
    const blanks = /^( *)(.*?)( *)$/u.exec(text);
    return gap + (blanks?.[1] ?? '') + pen.paint(cell.colour, blanks?.[2] ?? text) + (blanks?.[3] ?? '');
  });
  return cells.join('').trimEnd();
}

function written(cell: Cell, column: Sized, last: boolean, pen: Pen): string {
  if (column.bar !== undefined && cell.ratio !== undefined) return bar(cell.ratio, column.width, pen);
  const text = truncate(cell.text, column.width, pen.glyphs.ellipsis);
  if (column.align === 'right') return padStart(text, column.width);
  return last ? text : padEnd(text, column.width);
}
