import type { BalancePolicy, BytesPerSecond, Guest, NetworkPolicy, Node, NodeName, Traffic } from '@ballast/core';
import { above } from '../limits.ts';
import { linkRate, percent } from '../text/words.ts';

/** What a guest is looked at for. */
export interface Taker {
  readonly guest: Pick<Guest, 'capacity'>;
  /** Absent where it was not measured: then it counts as none. */
  readonly traffic?: Traffic | undefined;
}

type Holder = Pick<Node, 'name' | 'capacity'>;

/** An amount that nodes have a limit of, beside the ratios of their CPU and memory. */
export interface Quota {
  /** What a guest takes of it. */
  of(guest: Taker): number;
  /** What the guests of a node may take of it together. */
  limit(node: Holder): number;
  /** The end of a sentence about a node: what it would come to, and what that is above. */
  excess(amount: number, node: Holder): string;
}

/** The amounts that a policy limits, in the order in which a person is told of them. */
export function quotasOf({ maxGuests, memoryOvercommit, network }: BalancePolicy): readonly Quota[] {
  return [
    ...(maxGuests === undefined ? [] : [guestsWithin(maxGuests)]),
    ...(memoryOvercommit === undefined ? [] : [allocatedWithin(memoryOvercommit)]),
    ...(network === undefined ? [] : [trafficWithin(network, 'received'), trafficWithin(network, 'sent')]),
  ];
}

/**
 * What would be above its limit on a node if these guests came, as the end of a sentence about the node; nothing where all
 * stays within.
 *
 * @param held what is there already, by quota
 */
export function exceeded(
  quotas: readonly Quota[],
  held: readonly number[],
  guests: readonly Taker[],
  node: Holder,
): (() => string) | undefined {
  for (const [q, quota] of quotas.entries()) {
    let amount = held[q] ?? 0;
    for (const guest of guests) amount += quota.of(guest);
    const limit = quota.limit(node);
    if (limit > 0 ? above(amount / limit, 1) : amount > 0) return () => quota.excess(amount, node);
  }
  return undefined;
}

function guestsWithin(most: number): Quota {
  return {
    of: () => 1,
    limit: () => most,
    excess: (amount) => `it would run ${amount} guests, above ${most} (balance.maxGuests)`,
  };
}

function allocatedWithin(overcommit: number): Quota {
  return {
    of: ({ guest }) => guest.capacity.memory,
    limit: ({ capacity }) => overcommit * capacity.memory,
    excess: (amount, { capacity }) =>
      `${percent(amount / capacity.memory)} of its memory would be allocated, above ${percent(overcommit)}`,
  };
}

/** Links carry as much one way as the other: each way has a limit of its own. */
function trafficWithin(network: NetworkPolicy, way: keyof Traffic): Quota {
  const verb = way === 'sent' ? 'send' : 'receive';
  return {
    of: ({ traffic }) => traffic?.[way] ?? 0,
    limit: ({ name }) => network.ceiling * linksOf(network, name),
    excess: (amount, { name }) =>
      `its guests would ${verb} ${linkRate(amount)}, above ${percent(network.ceiling)} of ${linkRate(linksOf(network, name))} (balance.network)`,
  };
}

function linksOf({ capacity, nodes = {} }: NetworkPolicy, name: NodeName): BytesPerSecond {
  return Object.hasOwn(nodes, name) ? (nodes[name] ?? capacity) : capacity;
}
