import type { Bytes, Cores, Instant, Ratio } from '@ballast/core';
import { BallastError, GIB, seededRandom } from '@ballast/core';
import type { World, WorldGuest } from '../world/world.ts';
import { buildGuest, buildNode, buildWorld, nodeName } from './defaults.ts';
import type { Trace } from './parse-traces.ts';
import { positive } from './synthetic.ts';

/** A cluster whose guests replay recorded utilization. */
export interface TraceOptions {
  readonly nodes: number;
  readonly guests: number;
  readonly traces: readonly Trace[];
  readonly seed?: number;
  /** Utilization of the whole cluster, on average over the traces: sizes the nodes. */
  readonly load?: Ratio;
  /** When the first sample holds. */
  readonly now?: Instant;
}

const MIDNIGHT: Instant = Date.UTC(2026, 0, 5);
const FIVE_MINUTES = 300_000;

/**
 * Guests with the CPU demand of recorded machines, drawn and placed by the seed without regard to their load, on equal
 * nodes sized so that the cluster as a whole is used by `load` (0.5).
 * @throws {BallastError} `simulator-options` when a number is not a positive integer, or there are no traces
 */
export function traceWorld(options: TraceOptions): World {
  const nodes = positive('nodes', options.nodes);
  const count = positive('guests', options.guests);
  if (options.traces.length === 0) {
    throw new BallastError('simulator-options', 'Expected at least one trace, got none.');
  }
  const seed = options.seed ?? 1;
  const now = options.now ?? MIDNIGHT;
  const random = seededRandom(seed);
  const traces = shuffled(options.traces, random);
  const guests = Array.from({ length: count }, (_, i) => {
    const trace = traces[i % traces.length] as Trace;
    return traceGuest(i, trace, Math.floor(random() * nodes), random(), now);
  });
  const size = nodeSize(guests, nodes, options.load ?? 0.5);
  return buildWorld({ now, seed, nodes: Array.from({ length: nodes }, (_, i) => buildNode(i, size, now)), guests });
}

function traceGuest(index: number, trace: Trace, node: number, dice: number, now: Instant): WorldGuest {
  const vcpus = [2, 4, 4, 8][Math.floor(dice * 4)] ?? 4;
  return buildGuest(
    {
      id: 100 + index,
      name: guestName(trace.name, index),
      node: nodeName(node),
      vcpus,
      memory: vcpus * GIB,
      demand: {
        kind: 'trace',
        samples: trace.samples,
        scale: 1,
        interval: FIVE_MINUTES,
        start: now,
        interpolate: false,
      },
      tags: ['trace'],
    },
    now,
  );
}

/** A name that Proxmox VE takes (a DNS name), with the index so that it is one of its kind. */
function guestName(name: string, index: number): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${plain === '' ? 'vm' : plain}-${index + 1}`.replace(/--+/g, '-');
}

function nodeSize(guests: readonly WorldGuest[], nodes: number, load: Ratio): { cores: Cores; memory: Bytes } {
  let cores = 0;
  let memory = 0;
  for (const guest of guests) {
    const samples = guest.demand.kind === 'trace' ? guest.demand.samples : [];
    cores += (guest.vcpus * samples.reduce((sum, sample) => sum + sample, 0)) / Math.max(1, samples.length);
    memory += guest.memory;
  }
  return {
    cores: Math.max(1, Math.ceil(cores / nodes / load)),
    // Twice the mean: the placement is uneven, and this cluster is to be short of CPU rather than of memory.
    memory: Math.ceil((memory * 2) / nodes / GIB) * GIB,
  };
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  const copy = items.slice();
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}
