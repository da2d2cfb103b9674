import { MIGRATION_REASONS, RESOURCES, STEP_STATES } from '@ballast/core';
import type { z } from 'zod';
import { amount, count, flag, guestId, having, list, named, number, oneOf, text } from './values.ts';

const usage = having({ cpu: number, memory: number });
const bothWays = having({ received: number, sent: number });
const shift = having({ from: number, to: number });

const move = having({
  guest: guestId,
  from: text,
  to: text,
  startedAt: number,
  foundAt: number.optional(),
  endedAt: number.optional(),
  outcome: oneOf(['running', 'done', 'failed', 'aborted']),
  state: oneOf(STEP_STATES).optional(),
  reason: oneOf(MIGRATION_REASONS).optional(),
  projected: having({ resource: oneOf(RESOURCES), before: shift, expected: shift }).optional(),
  verified: having({ expected: shift, observed: shift, kept: flag }).optional(),
  memory: amount.optional(),
  transferred: amount.optional(),
  downtime: amount.optional(),
  disks: amount.optional(),
});

/** What planning reads of the history. The store, which reads all of it, keeps its own schema to itself. */
export const history: z.ZodType = having({
  nodes: named(having({ smoothed: usage, roundsOver: count })),
  guests: named(
    having({
      smoothed: usage,
      samples: count,
      node: text,
      network: having({ carried: bothWays, since: number, rate: bothWays.optional() }).optional(),
    }),
  ),
  moves: list(move),
  weights: named(number),
});
