import type { Milliseconds } from '@ballast/core';
import type { z } from 'zod';
import { type Reading, scalar } from './scalar.ts';

const UNITS: Readonly<Record<string, Milliseconds>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const PART = /(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)/g;
const WHOLE = '^(\\d+(\\.\\d+)?\\s*(ms|s|m|h|d)\\s*)+$';

/** `30s`, `10m`, `1h30m`, `250ms`, `2d`; within `least..most`. */
export function readDuration(value: unknown, least: string, most: string): Reading<Milliseconds> {
  const expected = `a duration such as 30s, 10m or 1h30m, from ${least} to ${most}`;
  if (typeof value === 'number') return { expected, hint: `Write the unit: ${value}s or ${value}m?` };
  if (typeof value !== 'string' || !new RegExp(WHOLE).test(value.trim())) return { expected };
  const duration = milliseconds(value);
  return duration >= milliseconds(least) && duration <= milliseconds(most) ? { value: duration } : { expected };
}

function milliseconds(text: string): Milliseconds {
  return [...text.matchAll(PART)].reduce((sum, [, n, unit]) => sum + Number(n) * (UNITS[unit ?? ''] ?? 0), 0);
}

export function duration(least: string, most: string): z.ZodType<Milliseconds> {
  return scalar((value) => readDuration(value, least, most), {
    type: 'string',
    pattern: WHOLE,
    examples: ['30s', '10m', '1h30m'],
  });
}
