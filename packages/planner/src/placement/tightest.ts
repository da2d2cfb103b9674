import { type BalancePolicy, RESOURCES, type Resource } from '@ballast/core';
import { above } from '../limits.ts';
import { percent, RESOURCE_WORDS } from '../text/words.ts';
import type { Bound, Load, Loads, PlacedNode } from './placed.ts';
import { exceeded, type Quota } from './quotas.ts';

/** What a placement has to keep on every node. */
export interface Limits {
  readonly policy: BalancePolicy;
  readonly quotas: readonly Quota[];
}

/**
 * What keeps guests off a node, as the end of a sentence about the node: no load may cross the bound, not even the newest
 * sample the ceiling, and no quota its limit. Nothing when they fit.
 */
export function tightest(
  { policy, quotas }: Limits,
  guests: readonly Load[],
  node: PlacedNode,
  bound: Bound,
): (() => string) | undefined {
  for (const resource of RESOURCES) {
    const { ceiling } = policy[resource];
    const limit = Math.min(ceiling, policy[resource][bound]);
    const ratio = Math.max(
      ratioWith(node, guests, 'assessed', resource),
      ratioWith(node, guests, 'expected', resource),
    );
    if (above(ratio, limit)) return () => tooFull(resource, ratio, limit);
    const raw = ratioWith(node, guests, 'raw', resource);
    if (above(raw, ceiling)) return () => tooFull(resource, raw, ceiling);
  }
  return exceeded(quotas, node.held, guests, node);
}

/** Utilization of a node with the guests on it, seen one way; without end where there is no capacity. */
function ratioWith(node: PlacedNode, guests: readonly Load[], seen: keyof Loads, resource: Resource): number {
  let sum = node.loads[seen][resource];
  for (const guest of guests) sum += guest.loads[seen][resource];
  const capacity = node.capacity[resource];
  return capacity > 0 ? sum / capacity : Number.POSITIVE_INFINITY;
}

function tooFull(resource: Resource, ratio: number, limit: number): string {
  const word = RESOURCE_WORDS[resource];
  if (!Number.isFinite(ratio)) return `it shows no ${word} capacity`;
  return `its ${word} would stand at ${percent(ratio)}, above ${percent(limit)}`;
}
