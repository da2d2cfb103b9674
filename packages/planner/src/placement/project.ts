import {
  addUsage,
  type ClusterSnapshot,
  type GuestId,
  type Migration,
  type NodeName,
  subtractUsage,
  type Usage,
} from '@ballast/core';
import { amounts } from '../limits.ts';

/**
 * The snapshot as it would be seen after the steps: guests where they moved, and their usage with them. Steps whose
 * guest is not where they start from are left out, as an execution would.
 */
export function project(
  snapshot: ClusterSnapshot,
  steps: readonly Pick<Migration, 'guest' | 'from' | 'to'>[],
): ClusterSnapshot {
  const places = new Map<GuestId, NodeName>();
  const loads = new Map<NodeName, Usage>(snapshot.nodes.map((node) => [node.name, node.usage]));
  const moving = new Set(steps.map((step) => step.guest));
  const guests = new Map(snapshot.guests.filter(({ id }) => moving.has(id)).map((guest) => [guest.id, guest]));
  for (const { guest: id, from, to } of steps) {
    const guest = guests.get(id);
    const [left, reached] = [loads.get(from), loads.get(to)];
    if (guest === undefined || left === undefined || reached === undefined || from === to) continue;
    if ((places.get(id) ?? guest.node) !== from) continue;
    places.set(id, to);
    loads.set(from, subtractUsage(left, amounts(guest.usage)));
    loads.set(to, addUsage(reached, amounts(guest.usage)));
  }
  return {
    ...snapshot,
    nodes: snapshot.nodes.map((node) => ({ ...node, usage: loads.get(node.name) ?? node.usage })),
    guests: snapshot.guests.map((guest) => {
      const node = places.get(guest.id);
      return node === undefined ? guest : { ...guest, node };
    }),
  };
}
