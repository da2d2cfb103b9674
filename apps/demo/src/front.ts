import { fileURLToPath } from 'node:url';
import type { Service, WeightTarget } from '@ballast/core';
import { systemClock } from '@ballast/machine';
import {
  findHaproxy,
  HaproxyError,
  haproxyInstallHint,
  haproxyTarget,
  type RecordingTarget,
  recordingTarget,
  startHaproxy,
} from '@ballast/targets';
import type { Backend } from './backends.ts';
import type { Destination, Route } from './load.ts';

/** Name of the weight target in the demo's configuration. */
export const TARGET = 'front';

/** What spreads the traffic. */
export interface Front {
  /** For a person, such as `HAProxy 2.6.12`. */
  readonly name: string;
  /** The runtime socket; none where there is no HAProxy. */
  readonly socket: string | undefined;
  readonly target: WeightTarget;
  readonly route: Route;
  /** Why there is no HAProxy, and what to do about it. */
  readonly note: string | undefined;
  stop(): Promise<void>;
}

/** The members of each service, by the service's name. */
export type Pools = Readonly<Record<string, readonly Backend[]>>;

/** HAProxy that ends with this process; it needs what a fabric needs. */
const BOUND = fileURLToPath(new URL('../hosts/haproxy.sh', import.meta.url));

/**
 * A real HAProxy where there is one; else a spreader in this process that follows recorded weights.
 * @param bound whether HAProxy is to end with this process even where that one is killed; as root of a Linux system
 */
export async function startFront(pools: Pools, { bound = false }: { readonly bound?: boolean } = {}): Promise<Front> {
  try {
    const binary = await findHaproxy();
    return await haproxyFront(pools, bound ? BOUND : binary);
  } catch (error) {
    if (error instanceof HaproxyError && error.code === 'haproxy-missing') return recordingFront(pools);
    throw error;
  }
}

async function haproxyFront(pools: Pools, binary: string): Promise<Front> {
  const haproxy = await startHaproxy({
    binary,
    clock: systemClock,
    backends: Object.entries(pools).map(([name, members]) => ({
      name,
      // Weights start even: 100 of 256 each, so that they can fall and rise.
      servers: members.map(({ name: server, address, port }) => ({ name: server, address, port, weight: 100 })),
    })),
  });
  const { path } = haproxy.socket;
  const target = haproxyTarget({ name: TARGET, address: haproxy.socket, clock: systemClock });
  return {
    name: `HAProxy ${haproxy.version}`,
    socket: path,
    target,
    route: (service) => ({ address: '127.0.0.1', port: haproxy.ports[service] ?? 0 }),
    note: undefined,
    stop: async () => {
      await target.close();
      await haproxy.stop();
    },
  };
}

function recordingFront(pools: Pools): Front {
  const target = recordingTarget({ name: TARGET });
  const credits = new Map<string, number>();
  return {
    name: 'a spreader inside the demo',
    socket: undefined,
    target,
    route: (service) => nextMember(pools[service] ?? [], weightsOf(target, service), credits),
    note: `There is no HAProxy here, so the demo goes on with a recording target. ${haproxyInstallHint}`,
    stop: () => target.close(),
  };
}

function weightsOf(target: RecordingTarget, service: Service['name']): ReadonlyMap<number, number> {
  const newest = target.log.at(-1)?.assignments.find((assignment) => assignment.service.name === service);
  const members = newest?.weights.members ?? [];
  return new Map(members.map(({ member, weight, state }) => [member.guest, state === 'drain' ? 0 : weight]));
}

/** Smooth weighted round-robin, as nginx does it: the member with the most credit is next, and pays for it. */
export function nextMember(
  members: readonly Backend[],
  weights: ReadonlyMap<number, number>,
  credits: Map<string, number>,
): Destination {
  let chosen: Backend | undefined;
  let total = 0;
  for (const member of members) {
    const weight = weights.get(member.guest) ?? 1;
    total += weight;
    credits.set(member.name, (credits.get(member.name) ?? 0) + weight);
    if (chosen === undefined || (credits.get(member.name) ?? 0) > (credits.get(chosen.name) ?? 0)) chosen = member;
  }
  if (chosen !== undefined) credits.set(chosen.name, (credits.get(chosen.name) ?? 0) - total);
  return chosen ?? { address: '127.0.0.1', port: 0 };
}
