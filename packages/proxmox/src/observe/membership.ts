import type { NodeName } from '@ballast/core';
import { flag, neededText, type Row, rows, text } from '../wire/fields.ts';

/** What corosync says of the cluster. */
export interface Membership {
  readonly quorate: boolean;
  readonly online: ReadonlySet<NodeName>;
  readonly offline: ReadonlySet<NodeName>;
}

/** Reads GET /cluster/status. A node without a cluster has no cluster row: it is its own majority. */
export function readMembership(answer: unknown): Membership {
  const all = rows(answer, 'the status of the cluster');
  const cluster = all.find((entry) => text(entry, 'type') === 'cluster');
  const nodes = all.filter((entry) => text(entry, 'type') === 'node');
  const named = (wanted: boolean): Set<NodeName> =>
    new Set(nodes.filter((node) => isOnline(node) === wanted).map((node) => neededText(node, 'name', 'a node')));
  return { quorate: cluster === undefined || flag(cluster, 'quorate'), online: named(true), offline: named(false) };
}

function isOnline(node: Row): boolean {
  return flag(node, 'online');
}
