import type { Blocker } from './blocker.ts';
import type { Guest } from './guest.ts';
import type { Node } from './node.ts';
import type { Resource, Traffic, Usage, Utilization } from './resources.ts';
import type { ClusterSnapshot } from './snapshot.ts';
import type { Ratio } from './units.ts';

export const NODE_CLASSES = ['over', 'appropriate', 'under'] as const;
/** `over` asks for relief; `under` is a good target. */
export type NodeClass = (typeof NODE_CLASSES)[number];

export interface NodeAssessment {
  readonly node: Node;
  /** Usage that planning reckons with: smoothed. */
  readonly usage: Usage;
  readonly utilization: Utilization;
  readonly class: NodeClass;
  /** Resources above `high`, whether or not for long enough. */
  readonly hot: readonly Resource[];
  /** Rounds in a row above `high`, this one included. */
  readonly roundsOver: number;
  /** Contention seen by the host, 0..1: PSI where there is one, else derived from utilization. */
  readonly pressure: Ratio;
}

export interface GuestAssessment {
  readonly guest: Guest;
  /** Usage that planning reckons with: smoothed, in cores and bytes. */
  readonly usage: Usage;
  /** Smoothed; absent where it is not looked at, or was not measured yet. */
  readonly traffic?: Traffic;
  /** Why the guest may not move now, wherever it went. Empty: it may. */
  readonly blockers: readonly Blocker[];
}

/** A snapshot, as load that can be reasoned about. */
export interface Assessment {
  readonly snapshot: ClusterSnapshot;
  readonly nodes: readonly NodeAssessment[];
  readonly guests: readonly GuestAssessment[];
}
