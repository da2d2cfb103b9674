import type { NodeClass } from './assessment.ts';
import type { Blocker } from './blocker.ts';
import type { GuestId } from './guest.ts';
import type { NodeName } from './node.ts';
import type { Resource, Utilization } from './resources.ts';
import type { Bytes, Instant, Milliseconds, Ratio } from './units.ts';

export type MigrationMode = 'live' | 'restart' | 'offline';

/** `make-room` is for a guest of a hot node; `even-out` and `pack` are of the profiles `balance` and `pack`. */
export const MIGRATION_REASONS = [
  'relieve-cpu',
  'relieve-memory',
  'mend-rule',
  'maintenance',
  'make-room',
  'even-out',
  'pack',
  'adopted',
] as const;
export type MigrationReason = (typeof MIGRATION_REASONS)[number];

/** What a step brings: utilization of both nodes before and after it. */
export interface Gain {
  readonly resource: Resource;
  readonly fromBefore: Ratio;
  readonly fromAfter: Ratio;
  readonly toBefore: Ratio;
  readonly toAfter: Ratio;
}

/** What an estimate was learned from: past migrations of the guest, from node to node, off or onto one of them, or of all. */
export type LearnedFrom = 'guest' | 'link' | 'node' | 'cluster';

/** What a step costs. */
export interface Cost {
  /** Memory and disk that cross the network. */
  readonly bytes: Bytes;
  readonly duration: Milliseconds;
  readonly downtime: Milliseconds;
  /** The part of `bytes` that is on local disks; absent where there is none. */
  readonly disks?: Bytes;
  /** Past migrations that the estimate rests on; absent where it rests on the policy. */
  readonly learned?: { readonly from: LearnedFrom; readonly moves: number };
}

/** A node that could have taken the guest instead, at the moment of the step. */
export interface Alternative {
  readonly node: NodeName;
  /** What the fuller of its resources would come to with the guest on it, over `target`: the lowest has the most room. */
  readonly fullness: Ratio;
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
  /** Steps of one wave may run at the same time; the first wave is 1. Steps stand in the order of their waves. */
  readonly wave?: number;
  /** The chosen node first, then the other nodes with the most room for the guest. */
  readonly alternatives?: readonly Alternative[];
}

/** A node as it stands, or as it is expected to stand after the plan. */
export interface NodeProjection {
  readonly node: NodeName;
  readonly utilization: Utilization;
  readonly class: NodeClass;
  readonly guests: number;
}

/** What no plan for the same nodes could do better than. */
export interface PlanBound {
  /** The least number of migrations. */
  readonly moves: number;
  /** The least memory that has to move, in bytes, guests counted in part. */
  readonly bytes: Bytes;
}

export const NOTICE_CODES = ['emptied', 'network', 'reserve', 'rule-conflict'] as const;
/**
 * What a plan says about the cluster as a whole: `emptied` nodes could be switched off; the policy states the `network` of
 * nodes that are not there; there is no `reserve` for HA guests of some nodes, should one of them fail; rules in a
 * `rule-conflict` cannot all be kept.
 */
export type NoticeCode = (typeof NOTICE_CODES)[number];

/** Something to know about a cluster, beside what moves and what is blocked. */
export interface Notice {
  readonly code: NoticeCode;
  readonly nodes: readonly NodeName[];
  readonly guests: readonly GuestId[];
  /** One sentence for a person. */
  readonly detail: string;
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
  readonly notices?: readonly Notice[];
  /** Absent where nothing asked for a plan. */
  readonly bound?: PlanBound;
  /** How long the steps take when those of one wave run together, one wave after the other. */
  readonly makespan?: Milliseconds;
}

/** `migrate` when there is something to do; `stuck` when a node is over and nothing can be done; else `balanced`. */
export type Decision = 'migrate' | 'balanced' | 'stuck';

export function decisionOf(plan: Pick<Plan, 'steps' | 'unresolved'>): Decision {
  if (plan.steps.length > 0) return 'migrate';
  return plan.unresolved.length > 0 ? 'stuck' : 'balanced';
}
