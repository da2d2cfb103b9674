import type { z } from 'zod';
import { type Reading, scalar } from './scalar.ts';

const EXPECTED = 'a regular expression, such as ^tap';

/** A regular expression of JavaScript; a RegExp afterwards. */
export function pattern(): z.ZodType<RegExp> {
  return scalar(
    (value): Reading<RegExp> => {
      if (typeof value !== 'string' || value === '') return { expected: EXPECTED };
      try {
        return { value: new RegExp(value) };
      } catch {
        return { expected: EXPECTED };
      }
    },
    { type: 'string', examples: ['^tap'] },
  );
}
