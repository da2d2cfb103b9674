import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadOf, nodeDown, nodeUp, step, syntheticWorld, type World } from '../../src/index.ts';
import { startMigration } from '../../src/world/migration/start.ts';
import { anyWorld } from '../support/worlds.ts';

const EPSILON = 1e-6;

/** Things that may be done to a world between two steps. */
const anyDeed = fc.record({
  kind: fc.constantFrom('step', 'migrate', 'down', 'up', 'traffic'),
  a: fc.nat(1000),
  b: fc.nat(1000),
  dt: fc.integer({ min: 1, max: 40_000 }),
});

function deed(world: World, { kind, a, b, dt }: { kind: string; a: number; b: number; dt: number }): World {
  const guest = world.guests[a % world.guests.length];
  const node = world.nodes[b % world.nodes.length];
  if (guest === undefined || node === undefined) return world;
  if (kind === 'down') return nodeDown(world, node.name);
  if (kind === 'up') return nodeUp(world, node.name);
  if (kind === 'traffic') {
    return { ...world, guests: world.guests.map((g) => (g === guest ? { ...g, trafficCores: b / 100 } : g)) };
  }
  if (kind === 'migrate' && guest.node !== node.name) {
    const mode = guest.kind === 'qemu' ? 'live' : 'restart';
    const request = { guest: guest.id, to: node.name, mode, user: 'root@pam', withLocalDisks: true, restart: true };
    return startMigration(world, request as Parameters<typeof startMigration>[1]).world;
  }
  return step(world, dt);
}

describe('step', () => {
  it('grants no more than a node has and no guest more than it asks for, whatever happens', () => {
    fc.assert(
      fc.property(anyWorld, fc.array(anyDeed, { maxLength: 12 }), (start, deeds) => {
        for (const world of history(start, deeds)) expect(violationsOf(world)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('gives every guest a place, a lock only to those that move or moved with a dead node, and no task two ends', () => {
    fc.assert(
      fc.property(anyWorld, fc.array(anyDeed, { maxLength: 12 }), (start, deeds) => {
        const world = history(start, deeds).at(-1) ?? start;
        expect(world.guests.map((guest) => guest.id)).toEqual(start.guests.map((guest) => guest.id));
        const nodes = new Set(world.nodes.map((node) => node.name));
        for (const guest of world.guests) expect(nodes.has(guest.node)).toBe(true);
        for (const { upid, guest } of world.migrations) {
          expect(world.tasks.find((task) => task.upid === upid)?.endedAt).toBeUndefined();
          expect(world.guests.find(({ id }) => id === guest)?.lock).toBe('migrate');
        }
        for (const task of world.tasks) {
          expect(task.log.filter((line) => line.startsWith('TASK ')).length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is pure: the same world and time give the same world, and the world before is untouched', () => {
    fc.assert(
      fc.property(anyWorld, fc.integer({ min: 0, max: 200_000 }), (world, dt) => {
        const before = JSON.stringify(world);
        const once = step(world, dt);
        expect(JSON.stringify(step(world, dt))).toBe(JSON.stringify(once));
        expect(JSON.stringify(world)).toBe(before);
        expect(once.now).toBe(world.now + dt);
      }),
      { numRuns: 40 },
    );
  });

  it('survives a trip through JSON without loss', () => {
    fc.assert(
      fc.property(anyWorld, fc.array(anyDeed, { maxLength: 6 }), (start, deeds) => {
        const world = history(start, deeds).at(-1) ?? start;
        const revived = JSON.parse(JSON.stringify(world)) as World;
        expect(revived).toEqual(world);
        expect(JSON.stringify(step(revived, 30_000))).toBe(JSON.stringify(step(world, 30_000)));
      }),
      { numRuns: 40 },
    );
  });

  it('does not depend on how time is cut, but for rounding', () => {
    fc.assert(
      fc.property(anyWorld, fc.array(fc.integer({ min: 1, max: 30_000 }), { maxLength: 8 }), (world, cuts) => {
        const whole = step(
          world,
          cuts.reduce((sum, cut) => sum + cut, 0),
        );
        const pieces = cuts.reduce((next, cut) => step(next, cut), world);
        expect(pieces.now).toBe(whole.now);
        whole.guests.forEach((guest, i) => {
          expect(pieces.guests[i]?.activity.coreTime).toBeCloseTo(guest.activity.coreTime, 3);
        });
        expect(Object.keys(pieces.published.guests)).toEqual(Object.keys(whole.published.guests));
        expect(pieces.rrd.map((minute) => minute.at)).toEqual(whole.rrd.map((minute) => minute.at));
      }),
      { numRuns: 40 },
    );
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %s as a time', (dt) => {
    const world = syntheticWorld({ nodes: 1, guests: 1 });
    expect(() => step(world, dt)).toThrow(`Expected a time >= 0 ms, got ${dt}`);
  });
});

function history(start: World, deeds: readonly Parameters<typeof deed>[1][]): readonly World[] {
  const worlds = [start];
  for (const next of deeds) worlds.push(step(deed(worlds.at(-1) ?? start, next), next.dt));
  return worlds;
}

/** What a world has that cannot be: the sentences are for whoever reads the failing test. */
function violationsOf(world: World): readonly string[] {
  const load = loadOf(world);
  const found: string[] = [];
  const check = (holds: boolean, problem: string): void => {
    if (!holds) found.push(problem);
  };
  for (const [i, node] of world.nodes.entries()) {
    let got = 0;
    world.guests.forEach((guest, k) => {
      if (guest.node !== node.name) return;
      const asked = load.asked[k] ?? 0;
      const granted = load.granted[k] ?? 0;
      got += granted;
      check(granted <= asked + EPSILON, `${guest.name} gets ${granted} and asks for ${asked}`);
      check(asked <= guest.vcpus + EPSILON, `${guest.name} asks for ${asked} of ${guest.vcpus} vCPUs`);
    });
    check(got <= node.cores + EPSILON, `guests of ${node.name} get ${got} of ${node.cores}`);
    const host = load.nodes[i];
    if (host === undefined) throw new Error('no load');
    check(host.granted <= node.cores + EPSILON, `${node.name} runs ${host.granted} of ${node.cores}`);
    // A full node is full: what guests leave to one another is not lost.
    check(host.asked <= node.cores || got > node.cores - overheadOf(world, i) - EPSILON, `${node.name} wastes cores`);
    check(host.memoryUsed <= node.memory, `${node.name} uses ${host.memoryUsed} of ${node.memory} bytes`);
    check(isRatio(host.cpuSome) && isRatio(host.memorySome), `pressure of ${node.name}`);
  }
  for (const [id, sample] of Object.entries(world.published.guests)) check(isRatio(sample.cpu), `CPU of ${id}`);
  return found;
}

/** What a node spends beside its guests. */
function overheadOf(world: World, i: number): number {
  const node = world.nodes[i];
  if (node === undefined) return 0;
  const moves = world.migrations.filter(({ from, to }) => from === node.name || to === node.name).length;
  return node.baseCores + moves * world.settings.migrationCores;
}

function isRatio(value: number): boolean {
  return value >= 0 && value <= 1;
}
