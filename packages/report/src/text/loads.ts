import type { BalancePolicy, NodeClass, Ratio, Resource } from '@ballast/core';
import { above } from '../limits.ts';
import type { Colour } from './style.ts';

/** Red above `high`, yellow above `target`, else green. */
export function colourOfLoad(ratio: Ratio, resource: Resource, policy: BalancePolicy): Colour {
  const limits = policy[resource];
  if (above(ratio, limits.high)) return 'red';
  return above(ratio, limits.target) ? 'yellow' : 'green';
}

export function colourOfClass(name: NodeClass): Colour | undefined {
  if (name === 'over') return 'red';
  return name === 'under' ? 'green' : undefined;
}
