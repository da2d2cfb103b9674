import { BALANCE_PROFILES, COEXISTENCE, RESERVES } from '@ballast/core';
import type { z } from 'zod';
import { amount, count, flag, having, named, oneOf, positive, ratio } from './values.ts';

const thresholds = having({ high: ratio, target: ratio, ceiling: ratio });

/** The policy as the configuration's `balance` section compiles to: numbers alone, where that has `80%` and `15m`. */
export const balance: z.ZodType = having({
  profile: oneOf(BALANCE_PROFILES).optional(),
  cpu: thresholds,
  memory: thresholds,
  sustain: count,
  pressure: having({ ceiling: ratio }).optional(),
  low: ratio,
  smoothing: ratio,
  minGain: ratio,
  minEvenGain: ratio.optional(),
  reserve: oneOf(RESERVES).optional(),
  maxSteps: count,
  coolDown: amount,
  coolDownMax: amount,
  noReturn: amount,
  memoryOvercommit: positive.optional(),
  maxGuests: count.optional(),
  network: having({ capacity: positive, nodes: named(positive).optional(), ceiling: ratio }).optional(),
  containers: flag,
  localDisks: flag,
  coexistence: oneOf(COEXISTENCE).optional(),
  migrationBandwidth: positive,
  dirtyRatePerCore: positive,
});
