import type { Usage } from '@ballast/core';

/** Ratios closer than this are equal: sums of measured loads carry rounding errors far below it. */
const TOLERANCE = 1e-9;

/** Whether a ratio stands above its limit. Every comparison with a threshold goes through it, so that all agree. */
export function above(ratio: number, limit: number): boolean {
  return ratio > limit + TOLERANCE;
}

/** A measured amount that can be reckoned with: what is no number, or below zero, counts as nothing. */
export function amount(value: number): number {
  return Number.isFinite(value) && value > 0 ? value : 0;
}

/** The usage itself, where nothing is wrong with it: most are sound, and there are many. */
export function amounts(usage: Usage): Usage {
  const cpu = amount(usage.cpu);
  const memory = amount(usage.memory);
  return cpu === usage.cpu && memory === usage.memory ? usage : { cpu, memory };
}

/** Orders names by their characters' codes: the same on every machine, whatever its language. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
