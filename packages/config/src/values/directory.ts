import { isAbsolute } from 'node:path';
import type { z } from 'zod';
import { type Reading, scalar } from './scalar.ts';

/** A directory by its whole path. */
export function directory(): z.ZodType<string> {
  return scalar(
    (value): Reading<string> =>
      typeof value === 'string' && isAbsolute(value) ? { value } : { expected: 'an absolute path of a directory' },
    { type: 'string', pattern: '^/' },
  );
}
