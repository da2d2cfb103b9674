import type { MemberState, Weight } from '@ballast/core';

/** HAProxy's largest weight; the configured default is 1, and 0 takes no new connections. */
export const LARGEST = 256;

/**
 * Scales the weights of one pool to HAProxy's integers: the largest becomes 256, which keeps the most of the
 * proportions. A ready member, and any weight above 0, gets at least 1; a pool of zeros gets 1 everywhere, since
 * a pool is never weighted to nothing.
 */
export function scaleWeights(
  members: readonly { readonly weight: Weight; readonly state: MemberState }[],
): readonly number[] {
  const largest = Math.max(0, ...members.map((member) => member.weight));
  return members.map(({ weight, state }) => {
    const scaled = largest > 0 ? Math.round((weight / largest) * LARGEST) : 0;
    return state === 'ready' || weight > 0 ? Math.max(1, scaled) : scaled;
  });
}
