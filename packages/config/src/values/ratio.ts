import type { Ratio } from '@ballast/core';
import type { z } from 'zod';
import { type Reading, scalar } from './scalar.ts';

const EXPECTED = 'a ratio such as 80% or 0.8';

/** `80%` or 0.8, from 0 to 1. A bare 80 is refused: it could mean either. */
export function readRatio(value: unknown): Reading<Ratio> {
  const percent = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*%$/.exec(value.trim())?.[1] : undefined;
  if (percent !== undefined) {
    const ratio = Number(percent) / 100;
    return ratio <= 1 ? { value: ratio } : { expected: EXPECTED, hint: 'It is at most 100%.' };
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return { expected: EXPECTED };
  if (value >= 0 && value <= 1) return { value };
  const meant = value > 1 && value <= 100 ? `${value}%` : undefined;
  return { expected: EXPECTED, hint: meant === undefined ? 'It is at most 100%.' : `Did you mean ${meant}?` };
}

export function ratio(): z.ZodType<Ratio> {
  return scalar(readRatio, {
    type: ['string', 'number'],
    pattern: '^\\d+(\\.\\d+)?\\s*%$',
    minimum: 0,
    maximum: 1,
    examples: ['80%', 0.8],
  });
}
