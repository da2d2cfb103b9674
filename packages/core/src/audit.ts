import type { GuestId } from './guest.ts';
import type { NodeName } from './node.ts';
import type { Migration, MigrationReason } from './plan.ts';
import type { StepState } from './step.ts';
import type { Instant } from './units.ts';

/** A plan that an operator in mode `advise` came to: somebody may approve it. */
export interface Proposal {
  /** Id of the plan. */
  readonly id: string;
  readonly steps: readonly Migration[];
  /** When it was first come to, and last. */
  readonly since: Instant;
  readonly seen: Instant;
}

/** A step of a plan that was carried out, and how far it came. */
export interface StepRecord {
  readonly guest: GuestId;
  readonly name: string;
  readonly from: NodeName;
  readonly to: NodeName;
  readonly reason: MigrationReason;
  readonly why: readonly string[];
  readonly state: StepState;
  readonly detail?: string;
}

/** A plan that was carried out: who let it be, what was decided and why, and what came of each step. */
export interface PlanRecord {
  readonly id: string;
  /** `operator`, or the user who typed it. */
  readonly by: string;
  /** When it was approved, where it was. */
  readonly approvedAt?: Instant;
  readonly beganAt: Instant;
  readonly steps: readonly StepRecord[];
}

export const ORDER_KINDS = ['pause', 'resume', 'drain', 'undrain', 'approve', 'abort'] as const;

/** An order as it was given. It stays when the order itself has ended. */
export interface OrderRecord {
  readonly at: Instant;
  readonly by: string;
  readonly kind: (typeof ORDER_KINDS)[number];
  readonly reason?: string;
  readonly until?: Instant;
  readonly nodes?: readonly NodeName[];
  /** Id of the plan that was approved. */
  readonly plan?: string;
  /** Guests whose migrations were stopped. */
  readonly guests?: readonly GuestId[];
}
