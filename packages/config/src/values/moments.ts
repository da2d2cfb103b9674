import { Cron } from 'croner';
import type { z } from 'zod';
import { type Reading, scalar } from './scalar.ts';

const MOMENTS = 'a cron expression of 5 fields, or of 6 with seconds first, such as "0 22 * * 1-5"';
const ZONE = 'an IANA time zone, such as Europe/Berlin or UTC';

/** Any moment does: no field names a year. */
const EPOCH = new Date(0);

/** A cron expression for moments that come; judged by the parser that windows are reckoned with. */
function readMoments(value: unknown): Reading<string> {
  if (typeof value !== 'string') return { expected: MOMENTS };
  try {
    const next = new Cron(value, { mode: '5-or-6-parts', timezone: 'UTC', paused: true }).nextRun(EPOCH);
    return next === null ? { expected: MOMENTS, hint: 'That moment never comes.' } : { value };
  } catch {
    const clock = /^\d\d?:\d\d/.test(value.trim());
    return { expected: MOMENTS, ...(clock ? { hint: 'Every day at 22:30 is "30 22 * * *".' } : {}) };
  }
}

export function moments(): z.ZodType<string> {
  return scalar(readMoments, { type: 'string', examples: ['0 22 * * 1-5', '0 0 * * 6'] });
}

function readTimezone(value: unknown): Reading<string> {
  if (typeof value !== 'string') return { expected: ZONE };
  try {
    new Intl.DateTimeFormat('en', { timeZone: value }).format(0);
    return { value };
  } catch {
    return { expected: ZONE };
  }
}

export function timezone(): z.ZodType<string> {
  return scalar(readTimezone, { type: 'string', examples: ['UTC', 'Europe/Berlin'] });
}
