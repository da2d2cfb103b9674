import { describe, expect, it } from 'vitest';
import { demoWorld, loadOf, parseTraces, step, syntheticWorld, traceWorld, type World } from '../../src/index.ts';

function utilization(world: World): readonly number[] {
  return loadOf(world).nodes.map((load, i) => load.asked / (world.nodes[i]?.cores ?? 1));
}

describe('demoWorld', () => {
  it('has two order and two payment services on each of three nodes', () => {
    const world = demoWorld(1);
    expect(world.nodes.map((node) => node.name)).toEqual(['pve1', 'pve2', 'pve3']);
    for (const node of ['pve1', 'pve2', 'pve3']) {
      const tags = world.guests.filter((guest) => guest.node === node).map((guest) => guest.tags[0]);
      expect(tags).toEqual(['orders', 'orders', 'payments', 'payments']);
    }
    const names = world.guests.map((guest) => guest.name);
    expect(new Set(names).size).toBe(12);
    for (let i = 1; i <= 6; i++) expect(names).toEqual(expect.arrayContaining([`orders-0${i}`, `payments-0${i}`]));
  });

  it('drives the first node above 90 % and leaves the others calm, for any seed and for ten minutes', () => {
    for (let seed = 0; seed < 20; seed++) {
      let world = demoWorld(seed);
      for (let minute = 0; minute < 10; minute++) {
        const [first = 0, ...others] = utilization(world);
        expect(first).toBeGreaterThan(0.9);
        for (const other of others) expect(other).toBeGreaterThan(0.3);
        for (const other of others) expect(other).toBeLessThan(0.5);
        world = step(world, 60_000);
      }
    }
  });

  it('can be relieved to below 80 % by moving any one or two guests of the first node', () => {
    const world = demoWorld(1);
    for (const guest of world.guests.slice(0, 4)) {
      const moved = { ...world, guests: world.guests.map((g) => (g.id === guest.id ? { ...g, node: 'pve2' } : g)) };
      expect(utilization(moved)[0]).toBeLessThan(0.8);
      expect(utilization(moved)[1]).toBeLessThan(0.8);
    }
  });

  it('has figures of every node and guest from the start, the same for the same seed', () => {
    const world = demoWorld(4);
    for (const node of world.nodes) expect(world.published.nodes[node.name]?.cpu).toBeGreaterThan(0.3);
    for (const guest of world.guests) expect(world.published.guests[guest.id]?.cpu).toBeGreaterThan(0.1);
    expect(world.rrd.length).toBeGreaterThanOrEqual(2);
    expect(JSON.stringify(demoWorld(4))).toBe(JSON.stringify(world));
    expect(JSON.stringify(demoWorld(5))).not.toBe(JSON.stringify(world));
    expect(demoWorld(1, 1_800_000_000_123).now).toBe(1_800_000_000_123);
  });
});

describe('syntheticWorld', () => {
  it('overloads as many nodes as it is told to', () => {
    for (const hotNodes of [0, 1, 4]) {
      const ratios = utilization(syntheticWorld({ nodes: 10, guests: 150, seed: 3, hotNodes }));
      expect(ratios.filter((ratio) => ratio > 0.9)).toHaveLength(hotNodes);
      expect(ratios.slice(hotNodes).filter((ratio) => ratio > 0.8)).toEqual([]);
    }
  });

  it('fits its guests into memory', () => {
    const world = syntheticWorld({ nodes: 10, guests: 200, seed: 9 });
    for (const node of world.nodes) expect(node.activity.memoryUsed / node.memory).toBeLessThan(0.85);
  });

  it.each([
    { nodes: 0, guests: 1, message: 'Expected nodes to be a positive integer, got 0.' },
    { nodes: 1, guests: 2.5, message: 'Expected guests to be a positive integer, got 2.5.' },
  ])('refuses $nodes nodes with $guests guests', ({ message, ...options }) => {
    expect(() => syntheticWorld(options)).toThrow(message);
  });
});

describe('traceWorld', () => {
  const traces = parseTraces('alpha,10,90,20\nBeta_2,50,50,50\n');

  it("replays the percentages of each guest's CPU, five minutes a sample", () => {
    let world = traceWorld({ nodes: 2, guests: 4, traces, seed: 1 });
    for (const round of [0, 1, 2]) {
      const load = loadOf(world);
      world.guests.forEach((guest, i) => {
        const want = guest.name.startsWith('alpha') ? [0.1, 0.9, 0.2][round] : 0.5;
        expect((load.asked[i] ?? 0) / guest.vcpus).toBeCloseTo(want ?? 0);
      });
      world = step(world, 300_000);
    }
  });

  it('names guests so that Proxmox VE would take the names, each once', () => {
    const { guests } = traceWorld({ nodes: 2, guests: 50, traces, seed: 1 });
    for (const guest of guests) expect(guest.name).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
    expect(new Set(guests.map((guest) => guest.name)).size).toBe(50);
  });

  it('sizes the nodes for the load it is told', () => {
    const cores = (load: number): number => traceWorld({ nodes: 4, guests: 200, traces, load }).nodes[0]?.cores ?? 0;
    expect(cores(0.25) / cores(0.5)).toBeCloseTo(2, 1);
  });

  it('refuses to go without traces', () => {
    expect(() => traceWorld({ nodes: 1, guests: 1, traces: [] })).toThrow('Expected at least one trace, got none.');
  });
});
