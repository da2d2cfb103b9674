import type { Cluster, ClusterGuest } from './cluster.ts';

/** What no plan can do better than, from the document of a cluster alone. */
export interface RemovalBound {
  readonly moves: number;
  readonly bytes: number;
}

/**
 * The removal bound, each resource by itself: the least guests whose removal brings a node to the target, summed over the
 * nodes; and the least memory, guests counted in part. Guests on local storage, or pinned where they are, do not count;
 * other rules are not looked at.
 */
export function removalBound({ nodes, guests, overhead }: Cluster, target: number): RemovalBound {
  const here = new Map<string, ClusterGuest[]>(nodes.map((node) => [node.name, []]));
  for (const guest of guests) here.get(guest.node)?.push(guest);
  let [moves, bytes] = [0, 0];
  for (const node of nodes) {
    const all = here.get(node.name) ?? [];
    const movable = all.filter(
      (guest) => guest.storage !== 'local' && !(guest.pin.length === 1 && guest.pin[0] === node.name),
    );
    const needs = [
      { key: 'cpuUsed' as const, excess: overhead.cpu - target * node.cpu },
      { key: 'memUsed' as const, excess: overhead.mem - target * node.mem },
    ].map(({ key, excess }) => ({ key, excess: all.reduce((sum, guest) => sum + guest[key], excess) }));
    moves += Math.max(
      ...needs.map(({ key, excess }) =>
        fewest(
          movable.map((guest) => guest[key]),
          excess,
        ),
      ),
    );
    bytes += Math.max(...needs.map(({ key, excess }) => lightest(movable, key, excess)));
  }
  return { moves, bytes };
}

function fewest(amounts: readonly number[], excess: number): number {
  let [rest, count] = [excess, 0];
  for (const amount of amounts.toSorted((a, b) => b - a)) {
    if (rest <= 1e-9) break;
    rest -= amount;
    count += 1;
  }
  return count;
}

function lightest(guests: readonly ClusterGuest[], key: 'cpuUsed' | 'memUsed', excess: number): number {
  let [rest, bytes] = [excess, 0];
  if (rest <= 1e-9) return 0;
  for (const guest of guests.toSorted((a, b) => b[key] / Math.max(1, b.memUsed) - a[key] / Math.max(1, a.memUsed))) {
    if (rest <= 0) break;
    bytes += guest.memUsed * Math.min(1, rest / guest[key]);
    rest -= guest[key];
  }
  return bytes;
}
