import { nearestNames } from '@ballast/core';
import type { z } from 'zod';
import type { Fault, Path } from './fault.ts';
import { gotText, kindText } from './got.ts';
import type { Outline } from './outline.ts';
import { at } from './raw.ts';

type Issue = z.core.$ZodIssue;

/** What zod found, in Ballast's words. One issue may name several unknown keys. */
export function faultsOf(issues: readonly Issue[], data: unknown, outline: Outline): readonly Fault[] {
  return issues.flatMap((issue) => translate(issue, data, outline));
}

function translate(issue: Issue, data: unknown, outline: Outline): readonly Fault[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const value = at(data, ...path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey([...path, key], path, key, outline));
  if (value === undefined) {
    const expected = issue.code === 'custom' ? String(issue.params?.['expected']) : expectation(issue, path, outline);
    return [{ path, expected, got: 'nothing' }];
  }
  if (issue.code === 'custom') {
    const { expected, got = gotText(value), hint } = (issue.params ?? {}) as Partial<Fault>;
    return [{ path, expected: expected ?? issue.message, got, ...(hint === undefined ? {} : { hint }) }];
  }
  const near = issue.code === 'invalid_value' ? nearestNames(String(value), issue.values.map(String), 1)[0] : undefined;
  const scalarForList = issue.code === 'invalid_type' && issue.expected === 'array' && typeof value !== 'object';
  const hints = near === undefined ? [] : [`Did you mean ${near}?`];
  if (scalarForList) hints.push('Put it in brackets: [ ... ].');
  const hint = hints.length === 0 ? {} : { hint: hints.join(' ') };
  // A text in the place of a structure may be a whole token: it is named, not shown.
  const structure = issue.code === 'invalid_type' && (issue.expected === 'object' || issue.expected === 'array');
  const got = structure ? kindText(value) : gotText(value);
  return [{ path, expected: expectation(issue, path, outline), got, ...hint }];
}

function expectation(issue: Issue, path: Path, outline: Outline): string {
  switch (issue.code) {
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
    case 'too_big':
      return 'origin' in issue && issue.origin === 'array' ? 'at least one entry' : outline.notation(path);
    default:
      return outline.notation(path);
  }
}

function unknownKey(path: Path, parent: Path, key: string, outline: Outline): Fault {
  const known = outline.keys(parent);
  const near = nearestNames(key, known, 1)[0];
  return {
    path,
    atKey: true,
    expected: 'a known key',
    got: key,
    hint: near === undefined ? `Known here are ${known.join(', ')}.` : `Did you mean ${near}?`,
  };
}
