import type { Cores } from '@ballast/core';

/**
 * Shares `capacity` among demands by weighted max-min fairness (water-filling), as the Linux scheduler does with
 * cgroup weights: nobody gets more than it asks for, and what one leaves goes to the others by their weights.
 * @returns what each gets, in the order given; the sum is min(capacity, sum of demands)
 */
export function fairShares(capacity: Cores, demands: readonly Cores[], weights: readonly number[]): readonly Cores[] {
  const granted = demands.slice();
  const order = demands.map((_, i) => i).sort((a, b) => level(demands, weights, a) - level(demands, weights, b));
  let left = Math.max(0, capacity);
  let weightLeft = 0;
  for (const weight of weights) weightLeft += weight;
  for (const i of order) {
    const weight = weights[i] ?? 0;
    const share = weightLeft > 0 ? (left * weight) / weightLeft : 0;
    const got = Math.min(demands[i] ?? 0, share);
    granted[i] = got;
    left = Math.max(0, left - got);
    weightLeft -= weight;
  }
  return granted;
}

function level(demands: readonly Cores[], weights: readonly number[], i: number): number {
  return (demands[i] ?? 0) / (weights[i] || 1);
}
