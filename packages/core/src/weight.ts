import type { GuestId } from './guest.ts';
import type { Member } from './service.ts';
import type { Instant, Ratio } from './units.ts';

/** Relative weight 0..1; a driver scales it to what its load balancer takes (HAProxy: 0..256). */
export type Weight = Ratio;

/** `drain`: no new connections while the old ones end. */
export type MemberState = 'ready' | 'drain';

/** The factors a weight was made of, so that it can be explained. */
export interface WeightFactors {
  readonly base: Weight;
  readonly headroom: Ratio;
  readonly pressure: Ratio;
  readonly migration: Ratio;
  /** The weight these factors ask for, before damping, dead band, step cap and floor. */
  readonly wanted: Weight;
}

export interface MemberWeight {
  readonly member: Member;
  readonly weight: Weight;
  readonly state: MemberState;
  readonly factors: WeightFactors;
}

export interface ServiceWeights {
  readonly service: string;
  readonly members: readonly MemberWeight[];
  /** Why the weights were left as they were, when they were. */
  readonly frozen?: 'stale' | 'no-members';
}

/** A weight for every member of every service, decided together with the plan. */
export interface WeightTable {
  readonly snapshotId: string;
  readonly decidedAt: Instant;
  readonly services: readonly ServiceWeights[];
}

/** Key of a member in histories: one guest may serve several services. */
export function memberKey(service: string, guest: GuestId): string {
  return `${service}/${guest}`;
}
