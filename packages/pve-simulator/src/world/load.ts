import type { Bytes, Cores, NodeName, Ratio } from '@ballast/core';
import { clamp } from '@ballast/core';
import { askedCores, demandRatio } from './demand.ts';
import type { WorldMigration } from './records.ts';
import { fairShares } from './share.ts';
import type { NodeActivity, World, WorldNode } from './world.ts';

/** Who gets how much at this moment. */
export interface Load {
  /** By index in `world.guests`. */
  readonly asked: Float64Array;
  readonly granted: Float64Array;
  readonly memory: Float64Array;
  /** By index in `world.nodes`. */
  readonly nodes: readonly NodeLoad[];
  readonly nodeIndex: ReadonlyMap<NodeName, number>;
}

export type NodeLoad = Pick<NodeActivity, 'asked' | 'granted' | 'memoryUsed' | 'cpuSome' | 'memorySome'>;

interface Tally {
  asked: Cores;
  overhead: Cores;
  memory: Bytes;
  members: number[];
}

/** Memory's chance is drawn with another key than the CPU's. */
const MEMORY_KEY = 0x4d000000;

/** What guests ask for now, and what a node that may be full grants them. */
export function loadOf(world: World): Load {
  const nodeIndex = new Map(world.nodes.map((node, i) => [node.name, i]));
  const tallies = world.nodes.map((node) => hostTally(world, node));
  const count = world.guests.length;
  const asked = new Float64Array(count);
  const granted = new Float64Array(count);
  const memory = new Float64Array(count);
  const paused = new Set(world.migrations.filter((m) => m.phase === 'switch').map((m) => m.guest));
  const at = Math.floor(world.now / world.settings.demandGrid) * world.settings.demandGrid;
  for (let i = 0; i < count; i++) {
    const guest = world.guests[i];
    if (guest === undefined || guest.status !== 'running') continue;
    const index = nodeIndex.get(guest.node);
    const tally = index === undefined ? undefined : tallies[index];
    if (tally === undefined || index === undefined || world.nodes[index]?.online !== true) continue;
    const cores = guest.paused === true || paused.has(guest.id) ? 0 : askedCores(guest, world.seed, at);
    asked[i] = cores;
    granted[i] = cores;
    memory[i] = guest.memory * Math.min(1, demandRatio(guest.memoryDemand, guest.id ^ MEMORY_KEY, world.seed, at));
    tally.asked += cores;
    tally.memory += memory[i] ?? 0;
    tally.members.push(i);
  }
  const nodes = world.nodes.map((node, i) => nodeLoad(world, node, tallies[i] as Tally, asked, granted));
  return { asked, granted, memory, nodes, nodeIndex };
}

function hostTally(world: World, node: WorldNode): Tally {
  if (!node.online) return { asked: 0, overhead: 0, memory: 0, members: [] };
  const transfers = world.migrations.filter((m) => isTransferring(m) && (m.from === node.name || m.to === node.name));
  const overhead = node.baseCores + transfers.length * world.settings.migrationCores;
  return { asked: overhead, overhead, memory: node.baseMemory + reservedMemory(world, node.name), members: [] };
}

/** Whether memory or disks of the guest cross the network now. */
export function isTransferring(migration: WorldMigration): boolean {
  return migration.phase === 'disks' || migration.phase === 'copy' || migration.phase === 'switch';
}

/** Memory that live migrations under way hold on their target. */
function reservedMemory(world: World, node: NodeName): Bytes {
  let bytes = 0;
  for (const migration of world.migrations) {
    if (migration.to !== node || migration.mode !== 'live' || migration.moved) continue;
    if (migration.phase !== 'prepare') bytes += migration.memoryUsed;
  }
  return bytes;
}

function nodeLoad(world: World, node: WorldNode, tally: Tally, asked: Float64Array, granted: Float64Array): NodeLoad {
  const overhead = Math.min(node.cores, tally.overhead);
  if (tally.asked > node.cores) {
    const shares = fairShares(
      node.cores - overhead,
      tally.members.map((i) => asked[i] ?? 0),
      tally.members.map((i) => world.guests[i]?.vcpus ?? 1),
    );
    tally.members.forEach((i, k) => {
      granted[i] = shares[k] ?? 0;
    });
  }
  const busy = Math.min(node.cores, tally.asked);
  return {
    asked: tally.asked,
    granted: busy,
    memoryUsed: Math.min(node.memory, tally.memory),
    cpuSome: cpuPressure(busy / node.cores, tally.asked, busy),
    memorySome: clamp((tally.memory / node.memory - 0.95) * 10, 0, 1),
  };
}

/**
 * Share of time in which a task waits for a CPU. Runs queue a little on a busy host, and in proportion to what is
 * not granted on a full one; the curve is a plausible one, not a measured one.
 */
export function cpuPressure(utilization: Ratio, asked: Cores, granted: Cores): Ratio {
  const unmet = asked > granted ? 1 - granted / asked : 0;
  return clamp(0.15 * utilization ** 6 + 1.5 * unmet, 0, 1);
}
