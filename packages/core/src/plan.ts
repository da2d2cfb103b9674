import type { NodeClass } from './assessment.ts';
import type { Blocker } from './blocker.ts';
import type { GuestId } from './guest.ts';
import type { NodeName } from './node.ts';
import type { Resource, Utilization } from './resources.ts';
import type { Bytes, Instant, Milliseconds, Ratio } from './units.ts';

export type MigrationMode = 'live' | 'restart' | 'offline';

export const MIGRATION_REASONS = ['relieve-cpu', 'relieve-memory', 'mend-rule', 'maintenance'] as const;
export type MigrationReason = (typeof MIGRATION_REASONS)[number];

/** What a step brings: utilization of both nodes before and after it. */
export interface Gain {
  readonly resource: Resource;
  readonly fromBefore: Ratio;
  readonly fromAfter: Ratio;
  readonly toBefore: Ratio;
  readonly toAfter: Ratio;
}

/** What a step costs. */
export interface Cost {
  /** Memory and disk that cross the network. */
  readonly bytes: Bytes;
  readonly duration: Milliseconds;
  readonly downtime: Milliseconds;
}

/** One step of a plan: a guest moves from a node to another. */
export interface Migration {
  readonly guest: GuestId;
  readonly guestName: string;
  readonly kind: 'qemu' | 'lxc';
  readonly from: NodeName;
  readonly to: NodeName;
  readonly mode: MigrationMode;
  readonly reason: MigrationReason;
  /** Sentences for a person: why this guest, why there. */
  readonly why: readonly string[];
  readonly gain: Gain;
  readonly cost: Cost;
}

/** A node as it stands, or as it is expected to stand after the plan. */
export interface NodeProjection {
  readonly node: NodeName;
  readonly utilization: Utilization;
  readonly class: NodeClass;
  readonly guests: number;
}

/** An ordered list of migrations. A value: planning does no I/O, and applying takes only a plan. */
export interface Plan {
  /** Derived from the content: equal plans have equal ids. */
  readonly id: string;
  readonly snapshotId: string;
  readonly decidedAt: Instant;
  readonly steps: readonly Migration[];
  readonly blocked: readonly Blocker[];
  readonly before: readonly NodeProjection[];
  readonly after: readonly NodeProjection[];
  /** Nodes that stay over, each with the reason that no step helps. */
  readonly unresolved: readonly { readonly node: NodeName; readonly detail: string }[];
}

/** `migrate` when there is something to do; `stuck` when a node is over and nothing can be done; else `balanced`. */
export type Decision = 'migrate' | 'balanced' | 'stuck';

export function decisionOf(plan: Pick<Plan, 'steps' | 'unresolved'>): Decision {
  if (plan.steps.length > 0) return 'migrate';
  return plan.unresolved.length > 0 ? 'stuck' : 'balanced';
}
