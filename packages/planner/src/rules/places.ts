import type { Node, NodeName, Rule } from '@ballast/core';

/** What a rule tells places apart by: the nodes themselves, or a label of theirs. */
export type Topology = string;

/** The place that a node stands for under a topology: two guests are together when their nodes stand for the same one. */
export type PlaceOf = (topology: Topology, node: NodeName) => string;

/** A node without the label is a place of its own. */
export function placesOf(nodes: readonly Pick<Node, 'name' | 'labels'>[]): PlaceOf {
  const labels = new Map(nodes.map((node) => [node.name, node.labels]));
  return (topology, node) => {
    const own = topology === 'node' ? undefined : labels.get(node);
    // A line break is in no label: what nodes are called and what labels hold cannot be taken for each other.
    return own !== undefined && Object.hasOwn(own, topology) ? (own[topology] ?? '') : `\n${node}`;
  };
}

export function topologyOf(rule: Rule): Topology {
  return (rule.kind === 'affinity' || rule.kind === 'anti-affinity' ? rule.topology : undefined) ?? 'node';
}
