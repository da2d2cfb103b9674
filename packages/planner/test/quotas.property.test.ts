import { type BalancePolicy, EMPTY_HISTORY, GIB, type History, type Migration, type Node } from '@ballast/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { project } from '../src/index.ts';
import { type AnyCluster, anyCluster } from './arbitrary.ts';
import { aMove, decideOn, type Scene } from './stage.ts';

/** PLANNER_RUNS=10 looks at ten times as many clusters. */
const MORE = Number(process.env['PLANNER_RUNS'] ?? 1);
const RUNS = { numRuns: 300 * MORE };
const IDS = Array.from({ length: 25 }, (_, i) => 100 + i);
const MBIT = 125_000;

/** What each guest sends in Mbit/s, and has on local disks in GiB; what links carry, and how little room storages have. */
interface Extras {
  readonly cluster: AnyCluster;
  readonly sent: readonly number[];
  readonly disks: readonly number[];
  readonly capacity: number;
  readonly wide: number;
  readonly free: readonly number[];
  readonly maxGuests: number | undefined;
  readonly overcommit: number | undefined;
}

const anyExtras: fc.Arbitrary<Extras> = fc.record({
  cluster: anyCluster,
  sent: fc.array(fc.nat({ max: 400 }), { minLength: 25, maxLength: 25 }),
  disks: fc.array(fc.constantFrom(0, 0, 0, 10, 40), { minLength: 25, maxLength: 25 }),
  capacity: fc.integer({ min: 1, max: 3000 }),
  wide: fc.integer({ min: 1, max: 3000 }),
  free: fc.array(fc.nat({ max: 90 }), { minLength: 5, maxLength: 5 }),
  maxGuests: fc.option(fc.integer({ min: 1, max: 14 }), { nil: undefined }),
  overcommit: fc.option(fc.integer({ min: 2, max: 12 }), { nil: undefined }),
});

function situate({ cluster, sent, disks, capacity, wide, free, maxGuests, overcommit }: Extras): Scene & {
  readonly policy: Partial<BalancePolicy>;
  readonly history: History;
} {
  const { snapshot, moves } = cluster;
  const rate = (i: number): { received: number; sent: number } => ({ received: 0, sent: (sent[i] ?? 0) * MBIT });
  const carried = { received: 0, sent: 0 };
  const since = snapshot.takenAt;
  const remembered = snapshot.guests
    .filter((guest) => guest.status === 'running')
    .map(({ id, node, usage: { cpu, memory } }) => {
      const usage = { cpu: cpu || 0, memory };
      return [id, { smoothed: usage, samples: 9, node, network: { carried, since, rate: rate(id - 100) } }] as const;
    });
  const needs = IDS.map((id, i) => [id, { guest: id, needs: { 'local-lvm': (disks[i] ?? 0) * GIB } }] as const);
  const facts = Object.fromEntries(
    needs.map(([id, own]) => [
      id,
      { digest: '', localDiskBytes: 0, localResources: [], refusedNodes: {}, ...snapshot.facts[id], ...own },
    ]),
  );
  const nodes = snapshot.nodes.map((node, n): Node => ({ ...node, free: { 'local-lvm': (free[n] ?? 0) * GIB } }));
  const guests = snapshot.guests.map((guest) => ({ ...guest, carried }));
  return {
    ...cluster,
    snapshot: { ...snapshot, nodes, guests, facts },
    history: { ...EMPTY_HISTORY, moves, guests: Object.fromEntries(remembered) },
    policy: {
      maxSteps: 100,
      localDisks: true,
      network: { capacity: capacity * MBIT, nodes: { b: wide * MBIT }, ceiling: 0.8 },
      ...(maxGuests === undefined ? {} : { maxGuests }),
      ...(overcommit === undefined ? {} : { memoryOvercommit: overcommit / 10 }),
    },
  };
}

/** The steps of each wave, the first wave first. */
function waves(steps: readonly Migration[]): readonly (readonly Migration[])[] {
  const numbers = [...new Set(steps.map((step) => step.wave ?? 0))];
  return numbers.map((number) => steps.filter((step) => step.wave === number));
}

describe('every plan, under limits of guests, allocated memory, links and storages', {
  timeout: 60_000 * MORE,
}, () => {
  it('brings no node above one of them in any wave, guests that move counted on both of their nodes', () => {
    let arrived = 0;
    fc.assert(
      fc.property(anyExtras, (extras) => {
        const scene = situate(extras);
        const { plan, policy } = decideOn(scene);
        const { snapshot } = scene;
        const running = snapshot.guests.filter((guest) => guest.status === 'running');
        const at = new Map(running.map(({ id, node }) => [id, new Set([node])]));
        const on = (name: string): readonly number[] => [...at].flatMap(([id, on]) => (on.has(name) ? [id] : []));
        const brought = new Map<string, number>();
        for (const wave of waves(plan.steps)) {
          for (const { guest, to } of wave) {
            at.get(guest)?.add(to);
            brought.set(to, (brought.get(to) ?? 0) + (extras.disks[guest - 100] ?? 0));
          }
          for (const { to } of wave) {
            const node = snapshot.nodes.find(({ name }) => name === to);
            const sum = (of: (id: number) => number): number => on(to).reduce((all, id) => all + of(id), 0);
            const memory = (id: number): number => running.find((guest) => guest.id === id)?.capacity.memory ?? 0;
            expect(on(to).length).toBeLessThanOrEqual(policy.maxGuests ?? Number.POSITIVE_INFINITY);
            const most = policy.memoryOvercommit ?? Number.POSITIVE_INFINITY;
            expect(sum(memory)).toBeLessThanOrEqual(most * (node?.capacity.memory ?? 0) * 1.000001);
            const links = to === 'b' ? extras.wide : extras.capacity;
            expect(sum((id) => extras.sent[id - 100] ?? 0)).toBeLessThanOrEqual(0.8 * links * 1.000001);
            const free = extras.free[snapshot.nodes.findIndex(({ name }) => name === to)] ?? 0;
            const needed = brought.get(to) ?? 0;
            expect(needed === 0 || needed <= free).toBe(true);
            arrived += 1;
          }
          for (const { guest, from } of wave) at.get(guest)?.delete(from);
        }
      }),
      RUNS,
    );
    expect(arrived).toBeGreaterThan(RUNS.numRuns / 10);
  });

  it('is a fixed point', () => {
    fc.assert(
      fc.property(anyExtras, (extras) => {
        const scene = situate(extras);
        const first = decideOn(scene);
        const done = first.plan.steps.map(({ guest, from, to }) => aMove(guest, from, to, 0));
        const history = { ...first.history, moves: [...first.history.moves, ...done] };
        const moved = project(scene.snapshot, first.plan.steps);
        // The disks that came have taken their room; what those that left had is not told of yet.
        const nodes = moved.nodes.map((node): Node => {
          const came = first.plan.steps.filter((step) => step.to === node.name);
          const taken = came.reduce((sum, { guest }) => sum + (extras.disks[guest - 100] ?? 0) * GIB, 0);
          return { ...node, free: { 'local-lvm': (node.free?.['local-lvm'] ?? 0) - taken } };
        });
        expect(decideOn({ ...scene, snapshot: { ...moved, nodes }, history }).plan.steps).toEqual([]);
      }),
      RUNS,
    );
  });
});
