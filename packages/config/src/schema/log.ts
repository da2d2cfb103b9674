import { z } from 'zod';
import { LOG_FORMATS, LOG_LEVELS, type LogConfig } from '../types.ts';

/** The same of every program. */
export function log(): z.ZodType<LogConfig> {
  return z.strictObject({
    level: z.enum(LOG_LEVELS).prefault('info').describe('Least severity that is logged.'),
    format: z.enum(LOG_FORMATS).prefault('auto').describe('auto: pretty on a terminal, JSON lines anywhere else.'),
  });
}
