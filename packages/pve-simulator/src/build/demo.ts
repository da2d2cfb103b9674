import type { Instant, Ratio } from '@ballast/core';
import { GIB } from '@ballast/core';
import type { Demand } from '../world/demand.ts';
import type { World, WorldGuest } from '../world/world.ts';
import { buildGuest, buildNode, buildWorld, nodeName } from './defaults.ts';

/** The morning of a sale. */
const SALE: Instant = Date.UTC(2026, 10, 27, 10);
const NODES = 3;
const NODE = { cores: 16, memory: 64 * GIB };
const VCPUS = 8;
/** Cores that the shop's visitors ask of each web guest. */
const TRAFFIC = 1;
/** Cores of work of their own (stock import, invoices, reports) by node: the first node has the batch jobs. */
const OWN_WORK = [
  [3, 2.4, 3.2, 2.2],
  [0.5, 0.6, 0.4, 0.5],
  [0.8, 0.5, 0.6, 0.7],
] as const;

/**
 * An e-commerce site in a sale: 3 nodes of 16 threads, each with two order services (`orders-01`..`orders-06`, tag
 * `orders`) and two payment services (`payments-01`..`payments-06`, tag `payments`). The first node is asked for more
 * than 95 % of its threads by batch work, the others for 40 to 45 %; one core of each guest is traffic.
 * @param now the world's time; a fixed morning when absent, so that a seed gives one world
 */
export function demoWorld(seed = 1, now: Instant = SALE): World {
  return buildWorld({
    now,
    seed,
    cluster: 'shop',
    nodes: Array.from({ length: NODES }, (_, i) => buildNode(i, NODE, now)),
    guests: Array.from({ length: NODES }, (_, i) => shopGuests(i, now)).flat(),
    pools: [{ id: 'shop', comment: 'The shop in sale' }],
  });
}

function shopGuests(node: number, now: Instant): readonly WorldGuest[] {
  return ['orders', 'orders', 'payments', 'payments'].map((service, i) => {
    const number = node * 2 + (i % 2) + 1;
    return buildGuest(
      {
        id: 101 + node * 4 + i,
        name: `${service}-${String(number).padStart(2, '0')}`,
        node: nodeName(node),
        vcpus: VCPUS,
        memory: (service === 'orders' ? 6 : 4) * GIB,
        demand: work((OWN_WORK[node]?.[i] ?? 0.5) / VCPUS),
        memoryDemand: { kind: 'constant', ratio: 0.6 },
        trafficCores: TRAFFIC,
        tags: [service, 'web'],
        pool: 'shop',
      },
      now,
    );
  });
}

function work(ratio: Ratio): Demand {
  return { kind: 'daily', base: ratio, amplitude: 0, peak: 0, noise: ratio * 0.03 };
}
