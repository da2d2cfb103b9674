import type { OrderRecord } from './audit.ts';
import type { NodeName } from './node.ts';
import type { Instant, Milliseconds } from './units.ts';

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
  /** What runs is stopped, by the operator too: the order outlives whoever gave it. */
  readonly abort?: boolean;
}

/** A node is to be emptied, and to stay empty: `ballast drain`. */
export interface NodeDrain extends Order {
  readonly node: NodeName;
}

/** A plan that waits in mode `advise` may be carried out, once: `ballast approve`. */
export interface Approval extends Order {
  readonly plan: string;
  /** Where it was not begun until then, it is not begun any more. */
  readonly until: Instant;
}

/** How long after an operator last came to a plan it can be approved. */
export const PROPOSAL_LIFE: Milliseconds = 30 * 60_000;

/** What a person asked of the operator beside its configuration. Orders outlive restarts. */
export interface Orders {
  readonly pause?: Pause;
  readonly drains: readonly NodeDrain[];
  readonly approvals?: readonly Approval[];
  /** What was ordered, oldest first: it stays when the orders themselves have ended. */
  readonly log?: readonly OrderRecord[];
}

const ORDER_LIFE: Milliseconds = 90 * 86_400_000;
const MOST_ORDERS = 500;

/** Orders with one more in their log; what is older than 90 days is dropped. */
export function logOrder(orders: Orders, record: OrderRecord): Orders {
  const kept = (orders.log ?? []).filter(({ at }) => at > record.at - ORDER_LIFE);
  return { ...orders, log: [...kept, record].slice(-MOST_ORDERS) };
}

/** The approvals that are in force now. */
export function approvalsAt({ approvals = [] }: Orders, now: Instant): readonly Approval[] {
  return approvals.filter(({ until }) => now < until);
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
