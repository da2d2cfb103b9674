import type { NodeName } from './node.ts';
import type { Instant } from './units.ts';

/** Who asked, when, and why. */
export interface Order {
  readonly since: Instant;
  /** The user at the machine where it was typed, such as `root@mgmt1`. */
  readonly by: string;
  readonly reason?: string;
}

/** Nothing is moved. */
export interface Pause extends Order {
  /** It ends by itself then. */
  readonly until?: Instant;
  /** Weights stay as they are, too. */
  readonly weights: boolean;
}

/** A node is to be emptied, and to stay empty: `ballast drain`. */
export interface NodeDrain extends Order {
  readonly node: NodeName;
}

/** What a person asked of the operator beside its configuration. Orders outlive restarts. */
export interface Orders {
  readonly pause?: Pause;
  readonly drains: readonly NodeDrain[];
}

export const NO_ORDERS: Orders = { drains: [] };

/** Keeps the orders. The command line writes them, the operator reads them. */
export interface OrderStore {
  /** {@link NO_ORDERS} when there were none yet. */
  load(): Promise<Orders>;
  save(orders: Orders): Promise<void>;
}

/** The pause that is in force now. */
export function pauseAt({ pause }: Orders, now: Instant): Pause | undefined {
  return pause !== undefined && (pause.until === undefined || now < pause.until) ? pause : undefined;
}
