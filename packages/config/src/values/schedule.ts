import { validate } from 'node-cron';
import type { z } from 'zod';
import { type Reading, scalar } from './scalar.ts';

const EXPECTED = 'a cron expression of 5 fields, or of 6 with seconds first, such as "*/30 * * * * *"';

/** A cron expression; judged by the parser that the scheduler uses. */
function readSchedule(value: unknown): Reading<string> {
  if (typeof value !== 'string') return { expected: EXPECTED };
  if (validate(value)) return { value };
  const interval = /^\d+\s*[smh]$/.test(value.trim());
  return { expected: EXPECTED, ...(interval ? { hint: 'Every 30 s is "*/30 * * * * *".' } : {}) };
}

export function schedule(): z.ZodType<string> {
  return scalar(readSchedule, { type: 'string', examples: ['*/30 * * * * *', '0 * * * * *'] });
}
