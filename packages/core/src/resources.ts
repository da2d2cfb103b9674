import type { Bytes, BytesPerSecond, Cores, Ratio } from './units.ts';

/** The resources that Ballast balances. The order is the order of display. */
export const RESOURCES = ['cpu', 'memory'] as const;
export type Resource = (typeof RESOURCES)[number];

/** What something has: a node's threads and memory, a guest's vCPUs and configured memory. */
export interface Capacity {
  readonly cpu: Cores;
  readonly memory: Bytes;
}

/** What something uses now, in the units of its capacity. */
export interface Usage {
  readonly cpu: Cores;
  readonly memory: Bytes;
}

/** Usage over capacity, a ratio for each resource. Above 1 when more is asked for than there is. */
export interface Utilization {
  readonly cpu: Ratio;
  readonly memory: Ratio;
}

/** What crosses a network each way: of a guest's cards, or of the links of a node. */
export interface Traffic {
  readonly received: BytesPerSecond;
  readonly sent: BytesPerSecond;
}

export const NO_USAGE: Usage = { cpu: 0, memory: 0 };

/** Usage over capacity; 0 where the capacity is 0. */
export function utilization(usage: Usage, capacity: Capacity): Utilization {
  return {
    cpu: capacity.cpu > 0 ? usage.cpu / capacity.cpu : 0,
    memory: capacity.memory > 0 ? usage.memory / capacity.memory : 0,
  };
}

export function addUsage(a: Usage, b: Usage): Usage {
  return { cpu: a.cpu + b.cpu, memory: a.memory + b.memory };
}

/** `a - b`, never below zero. */
export function subtractUsage(a: Usage, b: Usage): Usage {
  return { cpu: Math.max(0, a.cpu - b.cpu), memory: Math.max(0, a.memory - b.memory) };
}

/** The resource that is used most, and its ratio. */
export function dominant(u: Utilization): { readonly resource: Resource; readonly ratio: Ratio } {
  return u.cpu >= u.memory ? { resource: 'cpu', ratio: u.cpu } : { resource: 'memory', ratio: u.memory };
}
