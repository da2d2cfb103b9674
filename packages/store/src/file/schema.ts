import type { History } from '@ballast/core';
import { z } from 'zod';

/**
 * The version of what is written. It grows with every change that an older Ballast would read wrongly; an addition
 * that an older one may ignore leaves it alone.
 */
export const SCHEMA_VERSION = 1;

/** What names the file as ours, whatever its version. */
export const envelopeSchema: z.ZodType<{ schema: 'ballast-history'; version: number }> = z.object({
  schema: z.literal('ballast-history'),
  version: z.int().positive(),
});

const usage = z.object({ cpu: z.number(), memory: z.number() });
/** JSON has only texts for keys. */
const guestKey = z.string().regex(/^[1-9]\d*$/);

const move = z.object({
  guest: z.int().positive(),
  from: z.string(),
  to: z.string(),
  startedAt: z.number(),
  endedAt: z.number().exactOptional(),
  outcome: z.enum(['running', 'done', 'failed', 'aborted']),
});

/** A history, as {@link SCHEMA_VERSION} writes it. */
export const historySchema: z.ZodType<History> = z.object({
  nodes: z.record(z.string(), z.object({ smoothed: usage, roundsOver: z.int().nonnegative() })),
  guests: z.record(guestKey, z.object({ smoothed: usage, samples: z.int().nonnegative(), node: z.string() })),
  moves: z.array(move),
  weights: z.record(z.string(), z.number().min(0).max(1)),
});
