import type { Ratio } from '@ballast/core';

/** Ratios closer than this are equal, as they are for the planner: sums of measured loads carry rounding errors. */
const TOLERANCE = 1e-9;

/** Whether a ratio stands above its limit. Every comparison with a threshold goes through it, so that all agree. */
export function above(ratio: Ratio, limit: Ratio): boolean {
  return ratio > limit + TOLERANCE;
}
