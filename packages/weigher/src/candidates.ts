import type { GuestId, Member, Weight, WeightPolicy } from '@ballast/core';
import type { ClusterLoad, MemberLoad } from './load/cluster.ts';
import { rawWeight } from './load/factors.ts';
import { leastWeight } from './weights/step.ts';

/** The weight that every member would have if all were alike. Services do not rank their members yet. */
const BASE: Weight = 1;

/** A member, with what its weight is made of. */
export interface Candidate {
  readonly member: Member;
  readonly base: Weight;
  /** The steady weight it has; its base where none was decided before, as load balancers start with equal weights. */
  readonly last: Weight;
  /** Its load; unknown while its node does not tell. */
  readonly load: MemberLoad | undefined;
  readonly status: 'running' | 'stopped' | 'paused' | 'unknown';
  /** base x headroom^a x (1 - pressure)^b at its present load, not yet relative to the rest of the pool. */
  readonly raw: number;
}

export function candidatesOf(
  members: readonly Member[],
  load: ClusterLoad,
  lastOf: (guest: GuestId) => Weight | undefined,
  policy: WeightPolicy,
): readonly Candidate[] {
  return members.map((member) => {
    const known = load.of(member.guest);
    return {
      member,
      base: BASE,
      last: Math.min(1, Math.max(leastWeight(policy) * BASE, lastOf(member.guest) ?? BASE)),
      load: known,
      status: load.statusOf(member.guest),
      raw: known === undefined ? 0 : BASE * rawWeight(known, 1, 0, policy),
    };
  });
}
