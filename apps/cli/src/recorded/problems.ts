import { BallastError } from '@ballast/core';
import type { z } from 'zod';

/** One thing that is wrong with a file. */
export interface Problem {
  /** Keys and indices from the top. */
  readonly path: readonly PropertyKey[];
  /** The rest of `expected ...`. */
  readonly expected: string;
  /** The rest of `got ...`. */
  readonly got: string;
}

/** More than these are counted, and not listed: one mistake in a program that writes files is made for every guest. */
const MOST = 10;
const LONGEST = 60;
const ANEW = 'write one anew with `ballast snapshot > FILE`';
const PLAIN = /^[\w-]+$/;

/** What zod found. The schemas' messages say what they expect: zod's own words are not shown. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], document: unknown): readonly Problem[] {
  return issues.map(({ path, message }) => ({ path, expected: message, got: gotText(at(document, path)) }));
}

/** Of a file that holds JSON, and something that is wrong in it. */
export function invalid(file: string, problems: readonly Problem[]): BallastError {
  const lines = problems.slice(0, MOST).map(lineOf);
  if (lines.length === 1) {
    return new BallastError('snapshot-invalid', `Expected ${file} to be a snapshot: ${lines.join()}`, {
      hint: `Correct the file, or ${ANEW}.`,
    });
  }
  const rest = problems.length > MOST ? [`and ${problems.length - MOST} more.`] : [];
  const head = `Expected ${file} to be a snapshot, got ${problems.length} things that are wrong; correct them, or ${ANEW}:`;
  return new BallastError('snapshot-invalid', [head, ...lines, ...rest].join('\n  '));
}

function lineOf({ path, expected, got }: Problem): string {
  return `${pathText(path)}: expected ${expected}, got ${got}.`;
}

/** A value as a message shows it, in one line. */
export function gotText(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (value === '') return 'an empty text';
  if (typeof value === 'string') {
    return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}...` : value);
  }
  // JSON has no notation for the infinite, which 1e999 is read as.
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** `guests[3].node`; keys that are no plain words stand in brackets. */
function pathText(path: readonly PropertyKey[]): string {
  const words = path.map((part, i) => {
    if (typeof part === 'number') return `[${part}]`;
    const key = String(part);
    if (!PLAIN.test(key)) return `[${gotText(key)}]`;
    return i === 0 ? key : `.${key}`;
  });
  return words.join('');
}

function at(document: unknown, path: readonly PropertyKey[]): unknown {
  let value = document;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[part];
  }
  return value;
}
