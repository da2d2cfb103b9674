import {
  BallastError,
  type Clock,
  type ClusterSnapshot,
  type Milliseconds,
  NO_ORDERS,
  type OrderStore,
  type Orders,
  type Pause,
  pauseAt,
  wallOf,
} from '@ballast/core';
import type { Logger } from '@ballast/telemetry';

/** What was read within this is taken for what stands now. */
const SWIFT: Milliseconds = 2000;

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
   * Right before a migration is requested. An answer that took long may be from before somebody paused, where the store is
   * slow or the process stood still: it is asked for again.
   * @throws {BallastError} `paused`, `orders-late`, or that of the store
   */
  async requireNone(): Promise<void> {
    for (let tries = 0; tries < 3; tries++) {
      const asked = this.#clock.now();
      await this.read();
      const { pause } = this;
      if (pause !== undefined) throw paused(pause);
      if (this.#clock.now() - asked <= SWIFT) return;
    }
    throw new BallastError(
      'orders-late',
      `Expected the orders that stand within ${SWIFT / 1000} s, got them later thrice.`,
      {
        hint: 'Nothing was begun. See why the disk or Redis that keeps them is slow.',
      },
    );
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
