// A cluster in which there is always something to migrate: now and then two guests of a node begin to work hard.
import type { GuestId, NodeName, Random } from '@ballast/core';
import { changeGuest, changeNode, type Simulator, syntheticWorld, type World } from '@ballast/pve-simulator';

const NODES = 5;
const GUESTS = 120;
/** Of a node, when all is calm, and what two hot guests add. */
const CALM = 0.3;
const HEAT = 0.6;

/** Equal nodes, evenly used; a migration takes a few seconds. */
export function calmShop(now: number): World {
  const world = syntheticWorld({ nodes: NODES, guests: GUESTS, seed: 1, containers: 0, now });
  const size = { cores: 64, memory: 256 * 1024 ** 3, bandwidth: 500e6, baseCores: 2 };
  const sized = world.nodes.reduce((all, { name }) => changeNode(all, name, (node) => ({ ...node, ...size })), world);
  return world.guests.reduce((all, { id }) => {
    const plain = { vcpus: 32, memory: 1024 ** 3, localDisks: [], localResources: [], tags: [] };
    return working(
      changeGuest(all, id, (guest) => ({ ...guest, ...plain })),
      id,
      calm(),
    );
  }, sized);
}

/** Lets all guests calm down, and two of a node work hard that were not moved yet. @returns the node */
export function heat(simulator: Simulator, random: Random, moved: ReadonlySet<GuestId>): NodeName | undefined {
  const { nodes, guests } = simulator.world;
  const fresh = (node: NodeName): readonly GuestId[] =>
    guests.filter((guest) => guest.node === node && !moved.has(guest.id)).map(({ id }) => id);
  const candidates = nodes.filter(({ name }) => fresh(name).length >= 2);
  const node = candidates[Math.floor(random() * candidates.length)];
  if (node === undefined) return undefined;
  const hot = new Set(fresh(node.name).slice(0, 2));
  simulator.update((world) =>
    world.guests.reduce((all, { id }) => working(all, id, calm() + (hot.has(id) ? (HEAT * node.cores) / 2 : 0)), world),
  );
  return node.name;
}

/** Cores of a guest when all is calm. */
function calm(): number {
  return (CALM * 64 * NODES) / GUESTS;
}

function working(world: World, id: GuestId, cores: number): World {
  return changeGuest(world, id, (guest) => ({
    ...guest,
    demand: { kind: 'constant', ratio: Math.min(1, cores / guest.vcpus) },
  }));
}
