import { type Assessment, NODE_CLASSES, RESOURCES } from '@ballast/core';
import type { Registry } from 'prom-client';
import { gauge } from './instruments.ts';
import { METRICS } from './names/index.ts';

/** Returns what writes the nodes of a round. A node that is gone, or a round that saw none, leaves no series behind. */
export function nodeMetrics(registry: Registry): (assessment: Assessment | undefined) => void {
  const utilization = gauge(registry, METRICS.nodeUtilization);
  const pressure = gauge(registry, METRICS.nodePressure);
  const nodeClass = gauge(registry, METRICS.nodeClass);
  const guests = gauge(registry, METRICS.nodeGuests);

  return (assessment) => {
    for (const metric of [utilization, pressure, nodeClass, guests]) metric.reset();
    for (const assessed of assessment?.nodes ?? []) {
      const node = assessed.node.name;
      for (const resource of RESOURCES) utilization.set({ node, resource }, assessed.utilization[resource]);
      for (const name of NODE_CLASSES) nodeClass.set({ node, class: name }, assessed.class === name ? 1 : 0);
      pressure.set({ node }, assessed.pressure);
      guests.set({ node }, runningGuests(assessment, node));
    }
  };
}

function runningGuests(assessment: Assessment | undefined, node: string): number {
  return (assessment?.guests ?? []).filter(({ guest }) => guest.node === node && guest.status === 'running').length;
}
