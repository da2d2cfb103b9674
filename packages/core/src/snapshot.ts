import type { Guest, GuestFacts, GuestId } from './guest.ts';
import type { Node, NodeName } from './node.ts';
import type { Rule } from './rule.ts';
import type { Instant } from './units.ts';

/** A task that runs in the cluster now, whoever started it. */
export interface ClusterTask {
  /** Proxmox VE's UPID. */
  readonly id: string;
  readonly node: NodeName;
  /** Proxmox VE's word, such as `qmigrate` or `vzdump`. */
  readonly type: string;
  readonly guest?: GuestId;
  readonly startedAt: Instant;
}

/** The balancer that Proxmox VE 9.2 brings itself; what Ballast does about its guests is {@link Coexistence}. */
export interface NativeBalancer {
  readonly active: boolean;
  /** Guests that it may move. */
  readonly guests: readonly GuestId[];
}

/**
 * The cluster at one moment: complete and fresh, or it was refused (see {@link ClusterSource}).
 * A value: it serializes to JSON and back without loss.
 */
export interface ClusterSnapshot {
  /** Names the snapshot in plans and logs. */
  readonly id: string;
  readonly takenAt: Instant;
  readonly cluster: string;
  readonly quorate: boolean;
  readonly nodes: readonly Node[];
  readonly guests: readonly Guest[];
  /** Rules that the cluster itself states (tags, HA). Those of the configuration are added by the operator. */
  readonly rules: readonly Rule[];
  readonly tasks: readonly ClusterTask[];
  readonly nativeBalancer: NativeBalancer;
  /** Facts of the guests that were inspected so far, by guest id. */
  readonly facts: Readonly<Record<GuestId, GuestFacts>>;
}
