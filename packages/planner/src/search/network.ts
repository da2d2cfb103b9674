import { type Notice, nearestNames } from '@ballast/core';
import { byName } from '../placement/order.ts';
import { list } from '../text/words.ts';
import type { Planning } from './planning.ts';

/** Says which nodes the policy states the links of, though the cluster has no such nodes: a word mistyped would pass unseen. */
export function networkNotice({ policy, placement }: Planning): readonly Notice[] {
  const nodes = Object.keys(policy.network?.nodes ?? {}).filter((name) => placement.node(name) === undefined);
  if (nodes.length === 0) return [];
  const known = placement.nodes.toSorted(byName).map(({ name }) => name);
  const near = nodes.length === 1 ? nearestNames(nodes[0] ?? '', known, 1)[0] : undefined;
  const verdict = nodes.length === 1 ? 'which is no node of the cluster' : 'which are no nodes of the cluster';
  const ask = near === undefined ? '' : ` Did you mean ${near}?`;
  const detail = `balance.network.nodes names ${list(nodes)}, ${verdict}.${ask}`;
  return [{ code: 'network', nodes, guests: [], detail }];
}
