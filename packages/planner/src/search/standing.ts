import { RESOURCES } from '@ballast/core';
import { settledUtilization } from '../placement/placement.ts';
import { brokenRuleGuests } from './broken.ts';
import type { Planning } from './planning.ts';

/** Ratios closer than this are the same, whatever order they were summed in. */
const NEAR = 1e-6;

/**
 * What a plan leaves undone, what matters most first: guests that a rule wants elsewhere, guests on nodes that are to be emptied,
 * nodes that are hot, and by how much they are in all.
 */
export function undone(planning: Planning): readonly number[] {
  const { nodes } = planning.placement;
  const broken = planning.isFor('rules') ? brokenRuleGuests(planning).length : 0;
  const kept = nodes.filter((node) => planning.empties(node)).reduce((sum, { guests }) => sum + guests.size, 0);
  const hot = nodes.filter((node) => planning.asksRelief(node));
  const excess = hot.reduce((sum, node) => {
    const ratio = settledUtilization(node);
    return sum + RESOURCES.reduce((all, one) => all + Math.max(0, ratio[one] - planning.policy[one].high), 0);
  }, 0);
  return [broken, kept, hot.length, excess];
}

/** Below zero where the first leaves less undone than the second. */
export function compareUndone(one: readonly number[], other: readonly number[]): number {
  for (const [i, amount] of one.entries()) {
    const difference = amount - (other[i] ?? 0);
    if (Math.abs(difference) > NEAR) return difference;
  }
  return 0;
}
