import type {
  Capacity,
  Cost,
  Guest,
  GuestAssessment,
  GuestId,
  MigrationMode,
  NodeAssessment,
  NodeName,
  Traffic,
  Usage,
} from '@ballast/core';
import type { Taker } from './quotas.ts';

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
  readonly traffic: Traffic | undefined;
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
export interface Load extends Taker {
  readonly loads: Loads;
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
  /** What its running guests take of each quota, in the placement's order; guests under way count on both of their nodes. */
  held: number[];
  /** Room that is left on its own storages, in bytes, as far as it is known; what leaves it frees nothing before it is gone. */
  readonly free: Map<string, number>;
}

export type Bound = 'target' | 'high' | 'ceiling';
