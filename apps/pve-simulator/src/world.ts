import { gunzipSync } from 'node:zlib';
import { BallastError, type Instant } from '@ballast/core';
import { demoWorld, parseTraces, syntheticWorld, type Trace, traceWorld, type World } from '@ballast/pve-simulator';

/** Which cluster is simulated. */
export interface WorldChoice {
  readonly demo: boolean;
  readonly nodes: number | undefined;
  readonly guests: number | undefined;
  readonly hotNodes: number | undefined;
  readonly trace: string | undefined;
  readonly seed: number;
}

/** Where neither is given. */
const NODES = 3;
const GUESTS_PER_NODE = 15;

/**
 * The cluster that was asked for: replayed traces, a synthetic one, or else the demo's.
 * @throws {BallastError} when choices contradict each other or the traces cannot be read
 */
export async function chooseWorld(
  choice: WorldChoice,
  now: Instant,
  readFile: (file: string) => Promise<Uint8Array>,
): Promise<World> {
  const { seed } = choice;
  const sized = choice.nodes !== undefined || choice.guests !== undefined;
  if (choice.demo && (sized || choice.trace !== undefined)) {
    throw new BallastError('simulator-options', 'Expected --demo alone, got it with --nodes, --guests or --trace.', {
      hint: "The demo's cluster has a size of its own: leave one of them out.",
    });
  }
  if (choice.hotNodes !== undefined && (!sized || choice.trace !== undefined)) {
    throw new BallastError('simulator-options', 'Expected --hot-nodes with --nodes or --guests, got it without.', {
      hint: 'Only a synthetic cluster has its hot nodes chosen.',
    });
  }
  const nodes = choice.nodes ?? NODES;
  const guests = choice.guests ?? nodes * GUESTS_PER_NODE;
  if (choice.trace !== undefined) {
    return traceWorld({ nodes, guests, traces: await readTraces(choice.trace, readFile), seed, now });
  }
  if (!sized) return demoWorld(seed, now);
  return syntheticWorld({
    nodes,
    guests,
    seed,
    now,
    ...(choice.hotNodes === undefined ? {} : { hotNodes: choice.hotNodes }),
  });
}

/** What a chosen cluster is like. */
export interface Manner {
  readonly pve: number;
  readonly haGuests: number;
  readonly nativeBalancer: boolean;
}

const HA = { state: 'started', crm: 'started', maxRestart: 1, maxRelocate: 1, failback: true } as const;
const VERSION_8 = '8.4.14';

/**
 * The cluster as an older Proxmox VE, with guests under its HA manager, or with its own balancer on.
 * @throws {BallastError} `simulator-options` when that contradicts itself
 */
export function asAsked(world: World, { pve, haGuests, nativeBalancer }: Manner): World {
  if (nativeBalancer && (pve < 9 || haGuests === 0)) {
    throw new BallastError(
      'simulator-options',
      `Expected --native-balancer with --pve 9 and --ha-guests, got --pve ${pve} and ${haGuests} guests.`,
      { hint: 'The balancer came with Proxmox VE 9.2, and moves only what is under the HA manager.' },
    );
  }
  return {
    ...world,
    version: pve < 9 ? VERSION_8 : world.version,
    ...(nativeBalancer ? { crs: { ha: 'dynamic', 'ha-auto-rebalance': 1 } } : {}),
    guests: world.guests.map((guest, i) => (i < haGuests ? { ...guest, ha: HA } : guest)),
  };
}

async function readTraces(file: string, readFile: (file: string) => Promise<Uint8Array>): Promise<readonly Trace[]> {
  return parseTraces(await readText(file, readFile));
}

/** A file as text, unpacked when its name ends in `.gz`. */
async function readText(file: string, readFile: (file: string) => Promise<Uint8Array>): Promise<string> {
  try {
    const bytes = await readFile(file);
    return new TextDecoder().decode(file.endsWith('.gz') ? gunzipSync(bytes) : bytes);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new BallastError('simulator-trace-file', `Expected to read the traces in ${file}, got: ${got}.`, {
      cause,
      hint: 'Name a CSV file, plain or packed by gzip (.gz).',
    });
  }
}
