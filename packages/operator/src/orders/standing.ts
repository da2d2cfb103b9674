import {
  BallastError,
  type Clock,
  type ClusterSnapshot,
  NO_ORDERS,
  type OrderStore,
  type Orders,
  type Pause,
  pauseAt,
  wallOf,
} from '@ballast/core';
import type { Logger } from '@ballast/telemetry';

/** The orders that stand, read anew whenever something is about to be done. */
export class StandingOrders {
  readonly #store: OrderStore | undefined;
  readonly #clock: Clock;
  readonly #log: Logger;
  #orders: Orders = NO_ORDERS;
  #told = '';

  constructor({ orders, clock, log }: { readonly orders?: OrderStore; readonly clock: Clock; readonly log: Logger }) {
    this.#store = orders;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Reads them. What is not known is not done: an operator that cannot tell whether it is paused does not act.
   * @throws {BallastError} of the store
   */
  async read(): Promise<Orders> {
    this.#orders = (await this.#store?.load()) ?? NO_ORDERS;
    this.#tell();
    return this.#orders;
  }

  /** The pause that is in force, by what was read last. */
  get pause(): Pause | undefined {
    return pauseAt(this.#orders, wallOf(this.#clock));
  }

  /**
   * Right before a migration is requested.
   * @throws {BallastError} `paused`, or that of the store
   */
  async requireNone(): Promise<void> {
    await this.read();
    const { pause } = this;
    if (pause !== undefined) throw paused(pause);
  }

  #tell(): void {
    const { pause } = this;
    const drains = this.#orders.drains.map(({ node }) => node);
    const told = JSON.stringify([pause, drains]);
    if (told === this.#told || (this.#told === '' && pause === undefined && drains.length === 0)) return;
    this.#told = told;
    if (pause !== undefined) this.#log.warn(pause, 'paused by order: nothing is migrated');
    else this.#log.info({ drains }, drains.length === 0 ? 'no orders stand' : 'nodes are drained by order');
  }
}

function paused({ by, reason }: Pause): BallastError {
  return new BallastError('paused', `${by} paused the operator${reason === undefined ? '' : ` (${reason})`}.`, {
    hint: '`ballast resume` ends the pause.',
  });
}

/** The cluster with the nodes that are to be emptied by order: they are in maintenance, and Ballast's alone to empty. */
export function withDrains(snapshot: ClusterSnapshot, { drains }: Orders): ClusterSnapshot {
  if (drains.length === 0) return snapshot;
  const drained = new Set(drains.map(({ node }) => node));
  const nodes = snapshot.nodes.map((node) =>
    drained.has(node.name) ? { ...node, maintenance: true, drained: true } : node,
  );
  return { ...snapshot, nodes };
}
