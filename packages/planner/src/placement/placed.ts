import type {
  Capacity,
  Cost,
  Guest,
  GuestAssessment,
  GuestId,
  MigrationMode,
  NodeAssessment,
  NodeName,
  Resource,
  Usage,
} from '@ballast/core';

/**
 * One load as it is seen in three ways. A step has to hold in each: `raw` is the newest sample, `assessed` is
 * smoothed, `expected` is what new traffic weights will have made of it.
 */
export interface Loads {
  readonly raw: Usage;
  readonly assessed: Usage;
  readonly expected: Usage;
}

export interface PlacedGuest {
  readonly id: GuestId;
  readonly guest: Guest;
  readonly assessed: GuestAssessment;
  readonly loads: Loads;
  /** Of a move to where it is cheapest. */
  readonly cost: Cost;
  /** Nodes with a replica of its disks: a move to them is cheaper than one to others. Empty where all are alike. */
  readonly replicas: readonly NodeName[];
  readonly mode: MigrationMode;
  /** What its local disks need on a target, in bytes by storage. */
  readonly needs: Readonly<Record<string, number>>;
  node: PlacedNode;
  /** The node it is about to leave, while its migration is under way: it counts there, too. */
  readonly leaves?: PlacedNode;
  /** Moved by this plan, or under way: it moves no further. */
  moved: boolean;
  /** Of a move to this node. */
  costTo(node: NodeName): Cost;
}

/** What counts where a guest is to fit. */
export interface Load {
  readonly loads: Loads;
  readonly guest: Pick<Guest, 'capacity'>;
}

export interface PlacedNode {
  readonly name: NodeName;
  readonly assessed: NodeAssessment;
  readonly capacity: Capacity;
  readonly takesGuests: boolean;
  readonly guests: Set<PlacedGuest>;
  /** At this moment of the plan: guests under way count on both of their nodes. */
  loads: Loads;
  /** Part of the expected load that migrations under way will have taken away. */
  leaving: Usage;
  /** Memory that its running guests are configured with, in bytes; guests under way count on both of their nodes. */
  allocated: number;
  /** Room that is left on its own storages, in bytes, as far as it is known; what leaves it frees nothing before it is gone. */
  readonly free: Map<string, number>;
  /** Guests that run on it; those under way count on both of their nodes. */
  running: number;
}

/** What keeps guests off a node: the utilization it would come to, and the limit that crosses. */
export interface Tight {
  /** `allocated`: memory that guests are configured with, used or not; `guests`: how many there are, as ratio and limit. */
  readonly resource: Resource | 'allocated' | 'guests';
  readonly ratio: number;
  readonly limit: number;
}

export type Bound = 'target' | 'high' | 'ceiling';
