import { type Node, type NodeName, nearestNames } from '@ballast/core';

/** Labels that the configuration gives to nodes. */
export type NodeLabels = Readonly<Record<NodeName, Readonly<Record<string, string>>>>;

/** The nodes with their labels. Labels of nodes that the cluster has not are told of. */
export function withLabels(
  nodes: readonly Node[],
  labels: NodeLabels,
  warn: (message: string) => void,
): readonly Node[] {
  const names = nodes.map((node) => node.name);
  for (const name of Object.keys(labels)) {
    if (names.includes(name)) continue;
    const near = nearestNames(name, names, 1)[0];
    const ask = near === undefined ? '' : ` Did you mean ${near}?`;
    warn(`Expected labels of nodes of the cluster, got some of ${name}, which it has not.${ask}`);
  }
  return nodes.map((node) => {
    const own = Object.hasOwn(labels, node.name) ? labels[node.name] : undefined;
    return own === undefined ? node : { ...node, labels: own };
  });
}
