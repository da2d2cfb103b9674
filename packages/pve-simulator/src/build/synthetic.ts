import type { Bytes, Cores, Instant, Random, Ratio } from '@ballast/core';
import { BallastError, GIB, seededRandom } from '@ballast/core';
import type { DailyDemand } from '../world/demand.ts';
import { demandRatio } from '../world/demand.ts';
import type { World, WorldGuest } from '../world/world.ts';
import { buildGuest, buildNode, buildWorld, nodeName } from './defaults.ts';

/** What a synthetic cluster is made of. */
export interface SyntheticOptions {
  readonly nodes: number;
  readonly guests: number;
  readonly seed?: number;
  /** The first so many nodes are asked for more than they have. One in ten when absent, at least one. */
  readonly hotNodes?: number;
  /** Share of the guests that are containers. */
  readonly containers?: Ratio;
  readonly now?: Instant;
}

const NOON: Instant = Date.UTC(2026, 0, 5, 12);
const DAY = 86_400_000;
/** What hot nodes are asked for, and what the others are asked for on average at the start. */
const HOT = 1.02;
const CALM = 0.42;
const THREADS: readonly Cores[] = [4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];
const ROLES = ['web', 'api', 'db', 'cache', 'batch', 'mail', 'ci', 'app'] as const;

/**
 * A cluster of equal nodes with guests of daily curves, noise and spikes; the same options give the same world.
 * @throws {BallastError} `simulator-options` when a number is not a positive integer
 */
export function syntheticWorld(options: SyntheticOptions): World {
  const nodes = positive('nodes', options.nodes);
  const count = positive('guests', options.guests);
  const seed = options.seed ?? 1;
  const now = options.now ?? NOON;
  const random = seededRandom(seed);
  const hot = Math.min(nodes, options.hotNodes ?? Math.max(1, Math.round(nodes / 10)));
  const drawn = Array.from({ length: count }, (_, i) => drawGuest(i, i % nodes, random, options.containers ?? 0, now));
  const size = nodeSize(drawn, nodes, seed, now);
  const guests = drawn.map((guest) => scaled(guest, hotFactor(guest, drawn, size.cores, hot, seed, now)));
  return buildWorld({
    now,
    seed,
    nodes: Array.from({ length: nodes }, (_, i) => buildNode(i, size, now)),
    guests,
    pools: ROLES.map((role) => ({ id: role })),
  });
}

/** @throws {BallastError} when it is none */
export function positive(name: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new BallastError('simulator-options', `Expected ${name} to be a positive integer, got ${value}.`, {
    hint: `Give ${name} a number from 1 on.`,
  });
}

function drawGuest(index: number, node: number, random: Random, containers: Ratio, now: Instant): WorldGuest {
  const role = ROLES[Math.floor(random() * ROLES.length)] ?? 'app';
  const vcpus = [1, 2, 2, 4, 4, 8][Math.floor(random() * 6)] ?? 2;
  const id = 100 + index;
  const base = buildGuest(
    {
      id,
      name: `${role}-${String(index + 1).padStart(4, '0')}`,
      node: nodeName(node),
      kind: random() < containers ? 'lxc' : 'qemu',
      vcpus,
      memory: vcpus * (1 + Math.floor(random() * 4)) * GIB,
      demand: dailyCurve(random),
      memoryDemand: { kind: 'daily', base: 0.3 + 0.4 * random(), amplitude: 0.08, peak: 0.5 * DAY, noise: 0.01 },
      tags: [role],
      pool: role,
    },
    now,
  );
  const fate = random();
  if (fate < 0.01) return { ...base, localResources: base.kind === 'qemu' ? ['hostpci0'] : [] };
  if (fate < 0.04) return { ...base, localDisks: [{ volume: `local-lvm:vm-${id}-disk-0`, size: 16 * GIB }] };
  return base;
}

function dailyCurve(random: Random): DailyDemand {
  return {
    kind: 'daily',
    base: 0.05 + 0.2 * random(),
    amplitude: 0.35 * random(),
    peak: Math.round((9 + 9 * random()) * 3_600_000),
    noise: 0.03,
    spikes: { chance: 0.01, ratio: 0.3 },
  };
}

/** The smallest usual machine that leaves an average node calm. */
function nodeSize(
  guests: readonly WorldGuest[],
  nodes: number,
  seed: number,
  now: Instant,
): { cores: Cores; memory: Bytes } {
  const cores = guests.reduce((sum, guest) => sum + coresAsked(guest, seed, now), 0) / nodes;
  const memory = guests.reduce((sum, guest) => sum + guest.memory, 0) / nodes;
  const threads = THREADS.find((n) => cores / n <= CALM) ?? Math.ceil(cores / CALM);
  return { cores: threads, memory: 2 ** Math.ceil(Math.log2(Math.max(16 * GIB, memory * 1.15))) };
}

function hotFactor(
  guest: WorldGuest,
  all: readonly WorldGuest[],
  cores: Cores,
  hot: number,
  seed: number,
  now: Instant,
): number {
  if (Number(guest.node.slice('pve'.length)) > hot) return 1;
  const asked = all
    .filter((other) => other.node === guest.node)
    .reduce((sum, other) => sum + coresAsked(other, seed, now), 0);
  return asked > 0 ? (HOT * cores) / asked : 1;
}

function coresAsked(guest: WorldGuest, seed: number, now: Instant): Cores {
  return guest.vcpus * demandRatio(guest.demand, guest.id, seed, now);
}

/** Demand that outgrows the vCPUs gets more of them. */
function scaled(guest: WorldGuest, factor: number): WorldGuest {
  if (factor === 1 || guest.demand.kind !== 'daily') return guest;
  const vcpus = Math.max(guest.vcpus, Math.ceil(guest.vcpus * factor * 0.75));
  const share = (factor * guest.vcpus) / vcpus;
  const { base, amplitude, noise, ...rest } = guest.demand;
  return {
    ...guest,
    vcpus,
    demand: { ...rest, base: base * share, amplitude: amplitude * share, noise: noise * share },
  };
}
