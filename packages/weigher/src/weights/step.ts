import { clamp, type Weight, type WeightPolicy } from '@ballast/core';

/** No policy takes a ready member below it: a driver's integer scale would make nothing of less. */
const LEAST_WEIGHT: Weight = 0.001;

/** The least steady weight of a ready member, as a share of its base. */
export function leastWeight(policy: WeightPolicy): Weight {
  return clamp(policy.floor, LEAST_WEIGHT, 1);
}

/**
 * One round's step from the last weight towards the aim:
 *
 * 1. floor: the aim is never below it
 * 2. dead band: a relative difference within it is not acted on
 * 3. damping: that share of the way, in logarithms, so that halving and doubling are steps of one size
 * 4. step cap: the weight changes by no more than `maxStep` of itself
 */
export function stepTowards(last: Weight, aim: Weight, policy: WeightPolicy): Weight {
  const floor = leastWeight(policy);
  const from = clamp(last, floor, 1);
  const to = clamp(aim, floor, 1);
  if (Math.abs(to - from) <= policy.deadBand * from) return from;
  const damped = from * (to / from) ** policy.damping;
  return clamp(clamp(damped, from * (1 - policy.maxStep), from * (1 + policy.maxStep)), floor, 1);
}

/** Six digits: weights that differ by less are the same, however their sums were rounded. */
export function tidy(weight: Weight): Weight {
  return Math.round(weight * 1e6) / 1e6;
}
