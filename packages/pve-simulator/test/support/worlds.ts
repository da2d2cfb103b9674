import { GIB } from '@ballast/core';
import fc from 'fast-check';
import {
  changeGuest,
  demoWorld,
  guestOf,
  nodeOf,
  step,
  syntheticWorld,
  type World,
  type WorldGuest,
  type WorldTask,
} from '../../src/index.ts';
import type { MigrationRequest } from '../../src/world/migration/request.ts';
import { startMigration } from '../../src/world/migration/start.ts';

/** Clusters of all sizes, some guests containers, some nodes asked for more than they have. */
export const anyWorld: fc.Arbitrary<World> = fc
  .record({
    nodes: fc.integer({ min: 1, max: 5 }),
    guests: fc.integer({ min: 1, max: 25 }),
    seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    hotNodes: fc.integer({ min: 0, max: 3 }),
    containers: fc.constantFrom(0, 0.3, 1),
  })
  .map((options) => syntheticWorld(options));

/** The demo's cluster with the guest 101 changed. */
export function shop(change: Partial<WorldGuest> = {}): World {
  return changeGuest(demoWorld(1), 101, (guest) => ({ ...guest, ...change }));
}

/** A shop whose guest 101 has so much memory in use. */
export function shopWithMemory(used: number, change: Partial<WorldGuest> = {}): World {
  const memory = { memory: used * GIB, memoryDemand: { kind: 'constant', ratio: 1 } as const };
  return step(shop({ ...memory, ...change }), 10_000);
}

/** Starts moving guest 101 to pve2, live unless told otherwise. */
export function migrating(world: World, request: Partial<MigrationRequest> = {}): { world: World; upid: string } {
  return startMigration(world, {
    guest: 101,
    to: 'pve2',
    mode: 'live',
    user: 'ballast@pve!operator',
    withLocalDisks: false,
    restart: false,
    ...request,
  });
}

export function guest(world: World, id = 101): WorldGuest {
  const found = guestOf(world, id);
  if (found === undefined) throw new RangeError(`no guest ${id}`);
  return found;
}

export function task(world: World, upid: string): WorldTask {
  const found = world.tasks.find((entry) => entry.upid === upid);
  if (found === undefined) throw new RangeError(`no task ${upid}`);
  return found;
}

export function node(world: World, name: string): World['nodes'][number] {
  const found = nodeOf(world, name);
  if (found === undefined) throw new RangeError(`no node ${name}`);
  return found;
}

/** Steps until the task has ended, in steps of a second; how long that took. */
export function untilEnded(world: World, upid: string, limit = 600): { world: World; seconds: number } {
  let next = world;
  for (let seconds = 0; seconds <= limit; seconds++) {
    if (task(next, upid).endedAt !== undefined) return { world: next, seconds };
    next = step(next, 1000);
  }
  throw new Error(`the task still runs after ${limit} s: ${task(next, upid).log.at(-1)}`);
}
