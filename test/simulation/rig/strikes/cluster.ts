import {
  changeGuest,
  nodeDown,
  nodeUp,
  statsHeard,
  statsSilent,
  type World,
  withLock,
  withMaintenance,
} from '@ballast/pve-simulator';
import type { CLUSTER_FAULTS } from '../../scenario/fault.ts';
import { CORES } from '../../scenario/scenario.ts';
import type { Stage, Strike } from './stage.ts';

/** What a node is asked for that gets hot, and what one that calms down is. */
const HOT = 0.95 * CORES;
const CALM = 0.3 * CORES;

/** What befalls nodes and the cluster. */
export const CLUSTER_STRIKES: Readonly<Record<(typeof CLUSTER_FAULTS)[number], Strike>> = {
  'node-down': ({ node }, simulation) => {
    const { cluster } = simulation;
    noted(node, simulation);
    cluster.update((world) => withMajority(nodeDown(world, node)));
    return () => {
      noted(node, simulation);
      cluster.update((world) => withMajority(unstuck(nodeUp(world, node))));
    };
  },
  'node-hangs': ({ node }, { cluster }) => {
    cluster.hanging.add(node);
    return () => void cluster.hanging.delete(node);
  },
  'quorum-lost': (_, { cluster }) => {
    cluster.update((world) => ({ ...world, quorate: false }));
    return () => cluster.update((world) => withMajority({ ...world, quorate: true }));
  },
  'stats-stale': ({ node }, { cluster }) => {
    cluster.update((world) => statsSilent(world, node));
    return () => cluster.update((world) => statsHeard(world, node));
  },
  maintenance: ({ node }, simulation) => {
    const { cluster } = simulation;
    noted(node, simulation);
    cluster.update((world) => withMaintenance(world, node, true));
    return () => {
      noted(node, simulation);
      simulation.healedAt.set(node, simulation.agenda.now);
      cluster.update((world) => withMaintenance(world, node, false));
    };
  },
  'load-shift': ({ node }, { cluster, touched }) => {
    touched();
    cluster.update((world) =>
      world.nodes.reduce((now, { name }) => asking(now, name, name === node ? HOT : CALM), world),
    );
    return undefined;
  },
};

function noted(node: string, { changedAt, agenda, touched }: Stage): void {
  changedAt.set(node, agenda.now);
  touched();
}

function withMajority(world: World): World {
  const online = world.nodes.filter((node) => node.online).length;
  return { ...world, quorate: online > world.nodes.length / 2 };
}

/** Somebody looks after guests whose migration died with their node. */
function unstuck(world: World): World {
  const moving = new Set(world.migrations.map(({ guest }) => guest));
  return world.guests
    .filter(({ id, lock }) => lock === 'migrate' && !moving.has(id))
    .reduce((now, { id }) => withLock(now, id, undefined), world);
}

/** The world in which the guests of a node ask for so many cores together. */
function asking(world: World, name: string, cores: number): World {
  const own = world.guests.filter(({ node }) => node === name);
  const now = own.reduce((sum, { vcpus, demand }) => sum + (demand.kind === 'constant' ? demand.ratio * vcpus : 0), 0);
  if (now <= 0) return world;
  const factor = cores / now;
  return own.reduce(
    (next, { id }) =>
      changeGuest(next, id, (guest) => {
        const ratio = guest.demand.kind === 'constant' ? guest.demand.ratio * factor : 0;
        // A guest asks for no more than its vCPUs can do.
        return { ...guest, demand: { kind: 'constant', ratio: Math.min(0.95, ratio) } };
      }),
    world,
  );
}
