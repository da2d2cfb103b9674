import type { PlanRecord, Proposal } from './audit.ts';
import type { Carried, GuestId } from './guest.ts';
import type { NodeName } from './node.ts';
import type { MigrationReason } from './plan.ts';
import type { Resource, Traffic, Usage, Utilization } from './resources.ts';
import type { StepState } from './step.ts';
import type { Bytes, Instant, Milliseconds, Ratio } from './units.ts';
import type { MemberState, Weight } from './weight.ts';

/** What rounds before this one leave behind for a node. */
export interface NodeHistory {
  /** Exponentially smoothed utilization. */
  readonly smoothed: Utilization;
  /** Rounds in a row in which a resource stood above its `high`. */
  readonly roundsOver: number;
}

export interface GuestHistory {
  readonly smoothed: Usage;
  /** Rounds seen on the present node: the first samples after a migration read low. */
  readonly samples: number;
  readonly node: NodeName;
  /** Where the balance policy has a `network`. */
  readonly network?: TrafficHistory;
}

/** What a guest's counters told so far. */
export interface TrafficHistory {
  /** What they stood at... */
  readonly carried: Carried;
  /** ...when the next rate is measured from. */
  readonly since: Instant;
  /** Exponentially smoothed; absent until it was measured. */
  readonly rate?: Traffic;
}

/** How far a source fell and a target rose, as shares of what each has: positive both, where load went over. */
export interface LoadShift {
  readonly from: Ratio;
  readonly to: Ratio;
}

/** What a step was to bring. */
export interface Projection {
  readonly resource: Resource;
  /** Utilization of source and target right before it. */
  readonly before: { readonly from: Ratio; readonly to: Ratio };
  /** By the plan. */
  readonly expected: LoadShift;
}

/** What an arrival brought, once samples told. */
export interface Verification {
  readonly expected: LoadShift;
  /** Without what other migrations took and brought meanwhile. */
  readonly observed: LoadShift;
  /** Whether the source fell as expected, within the tolerance. */
  readonly kept: boolean;
}

/** A migration that was started by Ballast, or found running under its identity. */
export interface MoveRecord {
  readonly guest: GuestId;
  readonly from: NodeName;
  readonly to: NodeName;
  readonly startedAt: Instant;
  /** When `startedAt` was found to lie in the future, by the clock of who found it: clocks differ, or one was set back. */
  readonly foundAt?: Instant;
  /** The task of Proxmox VE that carries it; absent until Proxmox VE has named it. */
  readonly task?: string;
  readonly endedAt?: Instant;
  /** How it ended; `running` for as long as nobody knows. */
  readonly outcome: 'running' | 'done' | 'failed' | 'aborted';
  /** The newest state of its step; absent in what an older Ballast wrote. */
  readonly state?: StepState;
  /** What the guest was called then. */
  readonly name?: string;
  readonly reason?: MigrationReason;
  /** Why this guest, why there, what it brought: the sentences of the plan. */
  readonly why?: readonly string[];
  /** Id of the plan that it was a step of. */
  readonly plan?: string;
  /** Who let it be carried out: `operator`, or the user who typed it, such as `root@mgmt1`. */
  readonly by?: string;
  /** Proxmox VE's own words on an end that was not good. */
  readonly detail?: string;
  /** It took longer than it might have. */
  readonly overdue?: true;
  readonly projected?: Projection;
  readonly verified?: Verification;
  /** Memory that the guest used when it began. */
  readonly memory?: Bytes;
  /** Memory that crossed the network, what was sent again included; of live migrations that were seen from beginning to end. */
  readonly transferred?: Bytes;
  /** How long the guest stood still; as `transferred`. */
  readonly downtime?: Milliseconds;
  /** What was on local disks, copied before its memory; absent where there were none. */
  readonly disks?: Bytes;
}

/**
 * When a migration began, for an order among others: clocks differ, and one may have been set back since. What has ended, or
 * was found to lie in the future, began by then.
 */
export function begunAt({ startedAt, foundAt = startedAt, endedAt = startedAt }: MoveRecord): Instant {
  return Math.min(startedAt, foundAt, endedAt);
}

/** What a load balancer had for a member before an approved plan lowered it, in mode `advise`: it is given back. */
export interface BorrowedWeight {
  readonly weight: Weight;
  readonly state: MemberState;
}

/** Everything deciding remembers. A value: it serializes to JSON and back without loss. */
export interface History {
  readonly nodes: Readonly<Record<NodeName, NodeHistory>>;
  readonly guests: Readonly<Record<GuestId, GuestHistory>>;
  /** Oldest first; older than a week is dropped. */
  readonly moves: readonly MoveRecord[];
  /** Last decided weights by {@link memberKey}. */
  readonly weights: Readonly<Record<string, Weight>>;
  /** Services whose weights are to go back, by name, with what each of their members had. */
  readonly borrowed?: Readonly<Record<string, Readonly<Record<GuestId, BorrowedWeight>>>>;
  /** Plans that wait for somebody's word, oldest first. */
  readonly proposals?: readonly Proposal[];
  /** Plans of the last week that were carried out, oldest first. */
  readonly plans?: readonly PlanRecord[];
}

export const EMPTY_HISTORY: History = { nodes: {}, guests: {}, moves: [], weights: {} };
