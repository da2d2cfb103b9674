import type { MemberState, Weight } from '@ballast/core';

/** A bucket's weight has 16 bits (OpenFlow 1.3.5, 7.3.4.3). */
export const LARGEST = 65_535;
/**
 * The least weight of a ready member. Open vSwitch spreads a group over at most 256 slots when it goes by the dp_hash,
 * and falls back to a hash that is not proportional to the weights where they are further apart than that.
 */
const LEAST = 256;

/**
 * Scales the weights of one pool: the largest becomes 65,535, which keeps the proportions. A bucket that is drained has
 * weight 0; one that is ready never. A pool of zeros is one of equals.
 */
export function scaleWeights(
  members: readonly { readonly weight: Weight; readonly state: MemberState }[],
): readonly number[] {
  const largest = Math.max(0, ...members.filter(({ state }) => state === 'ready').map(({ weight }) => weight));
  return members.map(({ weight, state }) => {
    if (state === 'drain') return 0;
    return largest > 0 ? Math.max(LEAST, Math.round((weight / largest) * LARGEST)) : LARGEST;
  });
}

/** The state that a weight stands for: at weight 0 a bucket is not chosen. */
export function stateOf(weight: number): MemberState {
  return weight === 0 ? 'drain' : 'ready';
}
