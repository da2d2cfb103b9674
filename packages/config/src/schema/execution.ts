import type { ExecutionPolicy } from '@ballast/core';
import { z } from 'zod';
import { duration } from '../values/duration.ts';

const BACKUPS = ['guest', 'node'] as const;
const ACTIONS = ['follow', 'abort'] as const;

export function execution(): z.ZodType<ExecutionPolicy> {
  return z.strictObject({
    timeout: z
      .strictObject({
        factor: z
          .number()
          .min(1)
          .max(100)
          .prefault(3)
          .describe('A migration is overdue after so many times its predicted duration.'),
        least: duration('1m', '7d').prefault('10m').describe('No migration is overdue before this time.'),
        action: z
          .enum(ACTIONS)
          .prefault('follow')
          .describe(
            'One that is overdue; follow: it is told of, and goes on; abort: its task is stopped, but that of a restart.',
          ),
      })
      .prefault({})
      .describe('How long a migration may take.'),
    backups: z
      .enum(BACKUPS)
      .prefault('guest')
      .describe(
        'What migrations wait for. guest: a backup of the guest itself; node: any that runs on one of the two nodes.',
      ),
  });
}
