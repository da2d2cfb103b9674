import type { z } from 'zod';
import { type Reading, scalar } from './scalar.ts';

const EXPECTED = 'a whole number from 0 to 18446744073709551615';
const MOST = 0xffff_ffff_ffff_ffffn;

/** A 64-bit number; in quotes where it is larger than what YAML keeps exactly. */
function readGeneration(value: unknown): Reading<bigint> {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value) && value >= 0) return { value: BigInt(value) };
    return { expected: EXPECTED, ...(value > Number.MAX_SAFE_INTEGER ? { hint: 'Put it in quotes.' } : {}) };
  }
  if (typeof value !== 'string' || !/^\d{1,20}$/.test(value.trim())) return { expected: EXPECTED };
  const generation = BigInt(value.trim());
  return generation <= MOST ? { value: generation } : { expected: EXPECTED };
}

export function generation(): z.ZodType<bigint> {
  return scalar(readGeneration, { type: ['integer', 'string'], minimum: 0, pattern: '^[0-9]{1,20}$' });
}
