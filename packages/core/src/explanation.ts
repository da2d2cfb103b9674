import type { Blocker, BlockerCode } from './blocker.ts';
import type { GuestId } from './guest.ts';
import type { NodeName } from './node.ts';
import type { Migration } from './plan.ts';
import type { Utilization } from './resources.ts';

/** What stands for or against one node as the target of one guest. */
export interface TargetVerdict {
  readonly node: NodeName;
  readonly allowed: boolean;
  readonly code?: BlockerCode;
  /** One sentence for a person. */
  readonly detail: string;
  /** Utilization of the node with the guest on it. */
  readonly after?: Utilization;
}

/** Why a guest moves, or why it does not. */
export interface Explanation {
  readonly guest: GuestId;
  readonly guestName: string;
  readonly node: NodeName;
  readonly decision: 'moves' | 'stays';
  /** One sentence that answers the question by itself. */
  readonly summary: string;
  readonly step?: Migration;
  readonly blockers: readonly Blocker[];
  readonly targets: readonly TargetVerdict[];
}
