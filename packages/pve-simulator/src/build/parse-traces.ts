import type { Ratio } from '@ballast/core';
import { BallastError } from '@ballast/core';
import { CsvError, parse } from 'csv-parse/sync';

/** The recorded utilization of one machine: shares of its CPU, one every five minutes. */
export interface Trace {
  readonly name: string;
  readonly samples: readonly Ratio[];
}

/** A file of traces that cannot be read; `line` counts from 1. */
export class TraceError extends BallastError {
  readonly line: number;

  constructor(line: number, problem: string, cause?: unknown) {
    super('trace-invalid', `Line ${line} of the traces: ${problem}`, {
      cause,
      hint: "Each line is a name, then percentages of the machine's CPU every five minutes, separated by commas.",
    });
    this.line = line;
  }
}

interface Row {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * Reads traces: a line for each machine, its name and then its CPU utilization in percent, a column every five minutes.
 * @throws {TraceError} naming the first line that is wrong
 */
export function parseTraces(csv: string): readonly Trace[] {
  const rows = readRows(csv);
  const first = rows[0];
  if (first === undefined) throw new TraceError(1, 'expected at least one machine, got an empty file.');
  const columns = first.record.length - 1;
  const seen = new Map<string, number>();
  return rows.map((row) => {
    const trace = readTrace(row, columns);
    const earlier = seen.get(trace.name);
    if (earlier !== undefined) {
      throw new TraceError(row.info.lines, `expected a name of its own, got '${trace.name}' of line ${earlier} again.`);
    }
    seen.set(trace.name, row.info.lines);
    return trace;
  });
}

function readRows(csv: string): readonly Row[] {
  try {
    return parse(csv, {
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      bom: true,
    }) as unknown as Row[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new TraceError(Number(error['lines'] ?? 1), `expected comma-separated values: ${error.message}`, error);
  }
}

function readTrace({ record, info }: Row, columns: number): Trace {
  const [name = '', ...cells] = record;
  if (name === '') throw new TraceError(info.lines, 'expected a name first, got none.');
  if (cells.length === 0) throw new TraceError(info.lines, `expected samples after the name '${name}', got none.`);
  if (cells.length !== columns) {
    throw new TraceError(info.lines, `expected ${columns} samples as in the first line, got ${cells.length}.`);
  }
  return { name, samples: cells.map((cell, i) => percent(cell, i, info.lines)) };
}

function percent(cell: string, index: number, line: number): Ratio {
  const value = Number(cell);
  if (cell === '' || !(value >= 0 && value <= 100)) {
    throw new TraceError(line, `expected a percentage 0..100 in column ${index + 2}, got '${cell.slice(0, 40)}'.`);
  }
  return value / 100;
}
