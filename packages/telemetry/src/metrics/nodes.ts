import { type Assessment, NODE_CLASSES, type NodeName, RESOURCES, type Traffic } from '@ballast/core';
import type { Registry } from 'prom-client';
import { gauge } from './instruments.ts';
import { METRICS } from './names/index.ts';

/** Returns what writes the nodes of a round. A node that is gone, or a round that saw none, leaves no series behind. */
export function nodeMetrics(registry: Registry): (assessment: Assessment | undefined) => void {
  const utilization = gauge(registry, METRICS.nodeUtilization);
  const pressure = gauge(registry, METRICS.nodePressure);
  const nodeClass = gauge(registry, METRICS.nodeClass);
  const guests = gauge(registry, METRICS.nodeGuests);
  const traffic = gauge(registry, METRICS.nodeTraffic);

  return (assessment) => {
    for (const metric of [utilization, pressure, nodeClass, guests, traffic]) metric.reset();
    if (assessment === undefined) return;
    const running = runningOn(assessment);
    for (const assessed of assessment.nodes) {
      const node = assessed.node.name;
      for (const resource of RESOURCES) utilization.set({ node, resource }, assessed.utilization[resource]);
      for (const name of NODE_CLASSES) nodeClass.set({ node, class: name }, assessed.class === name ? 1 : 0);
      pressure.set({ node }, assessed.pressure);
      const there = running.get(node);
      guests.set({ node }, there?.guests ?? 0);
      if (there?.traffic === undefined) continue;
      traffic.set({ node, direction: 'received' }, there.traffic.received);
      traffic.set({ node, direction: 'sent' }, there.traffic.sent);
    }
  };
}

interface Running {
  readonly guests: number;
  /** Of those whose traffic was measured; absent where none was. */
  readonly traffic?: Traffic;
}

/** In one pass: there may be tens of thousands of guests. */
function runningOn({ guests }: Assessment): ReadonlyMap<NodeName, Running> {
  const nodes = new Map<NodeName, Running>();
  for (const { guest, traffic } of guests) {
    if (guest.status !== 'running') continue;
    const known = nodes.get(guest.node) ?? { guests: 0 };
    const sum = traffic === undefined ? known.traffic : added(known.traffic, traffic);
    nodes.set(guest.node, { guests: known.guests + 1, ...(sum === undefined ? {} : { traffic: sum }) });
  }
  return nodes;
}

function added(sum: Traffic | undefined, { received, sent }: Traffic): Traffic {
  return { received: (sum?.received ?? 0) + received, sent: (sum?.sent ?? 0) + sent };
}
