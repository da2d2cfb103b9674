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
  if (issue.code === 'invalid_union') {
    // Every union of the schema is a short form, a scalar, before the long one.
    const branch = (typeof value === 'object' ? issue.errors.at(-1) : issue.errors[0]) ?? [];
    return branch.flatMap((inner) => translate({ ...inner, path: [...issue.path, ...inner.path] }, data, outline));
  }
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
  // A text in the place of a structure may be a whole token: it is named, not shown.
  const got = wantsStructure(issue) ? kindText(value) : gotText(value);
  const hint = hintOf(issue, value);
  return [{ path, expected: expectation(issue, path, outline), got, ...(hint === undefined ? {} : { hint }) }];
}

function wantsStructure(issue: Issue): boolean {
  return issue.code === 'invalid_type' && (issue.expected === 'object' || issue.expected === 'array');
}

function hintOf(issue: Issue, value: unknown): string | undefined {
  if (issue.code === 'invalid_type' && issue.expected === 'array' && typeof value === 'string') {
    return 'Put it in brackets: [ ... ].';
  }
  if (issue.code !== 'invalid_value' || typeof value !== 'string') return undefined;
  const near = nearestNames(value, issue.values.map(String), 1)[0];
  return near === undefined ? undefined : `Did you mean ${near}?`;
}

function expectation(issue: Issue, path: Path, outline: Outline): string {
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small' && issue.origin === 'array') return 'at least one entry';
  return outline.notation(path);
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
