import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBenchCluster } from '../../apps/cli/src/recorded/bench-cluster.ts';
import { type DecidedOnFile, decideOnFile, type PlanWishes } from '../../apps/cli/src/recorded/decide.ts';
import { removalBound } from './bounds.ts';
import { checkPlan, type Move } from './check.ts';
import { type Cluster, makeCluster } from './cluster.ts';

const anyCluster: fc.Arbitrary<Cluster> = fc
  .record({
    nodes: fc.integer({ min: 2, max: 9 }),
    each: fc.integer({ min: 4, max: 22 }),
    seed: fc.nat(),
    rules: fc.boolean(),
    racks: fc.boolean(),
  })
  .map(({ each, ...size }) => makeCluster({ ...size, guests: size.nodes * each }));
/** PLANNER_RUNS=10 looks at ten times as many clusters. */
const MORE = Number(process.env['PLANNER_RUNS'] ?? 1);
const anyTarget = fc.integer({ min: 50, max: 90 }).map((n) => n / 100);
const anyWish = fc.constantFrom<PlanWishes>({}, { minimize: 'bytes' }, { seed: 7 }, { overcommit: 1.2 });

function decide(cluster: Cluster, wishes: PlanWishes): DecidedOnFile {
  return decideOnFile(fromBenchCluster(cluster), wishes, () => 0);
}

function movesOf({ plan }: DecidedOnFile): readonly Move[] {
  return plan.steps.map(({ guest, from, to, wave }) => ({ guest, from, to, wave: wave ?? null }));
}

/** The document once the moves were made. */
function carriedOut(cluster: Cluster, moves: readonly Move[]): Cluster {
  const places = new Map(moves.map((move) => [move.guest, move.to]));
  return {
    ...cluster,
    guests: cluster.guests.map((guest) => ({ ...guest, node: places.get(guest.id) ?? guest.node })),
  };
}

describe('plans for whole clusters, checked by code of their own', { timeout: 120_000 * MORE }, () => {
  it('hold in every wave, break no rule, and leave no node hot that they do not name', () => {
    fc.assert(
      fc.property(anyCluster, anyTarget, anyWish, (cluster, target, wish) => {
        const decided = decide(cluster, { ...wish, target });
        const ceilings = { cpu: 0.85, mem: 0.9, allocated: wish.overcommit ?? 1 };
        const { faults, hot } = checkPlan(cluster, movesOf(decided), target, ceilings);
        expect(faults).toEqual([]);
        expect(decided.plan.unresolved.map(({ node }) => node)).toEqual(hot.toSorted());
        expect(decided.violations).toEqual([]);
      }),
      { numRuns: 120 * MORE },
    );
  });

  it.each([
    [1, false, 17],
    [2, false, 21],
    [2, true, 22],
    [10, false, 22],
  ])('take few moves where hardly any room is left: seed %d, rules %s', (seed, rules, most) => {
    const cluster = makeCluster({ nodes: 20, guests: 500, seed, rules });
    const decided = decide(cluster, { target: 0.55 });
    expect(checkPlan(cluster, movesOf(decided), 0.55)).toMatchObject({ faults: [], hot: [] });
    expect(decided.plan.steps.length).toBeLessThanOrEqual(most);
    expect(decide(cluster, { target: 0.55 }).plan.id).toBe(decided.plan.id);
  });

  it('take no fewer moves than the bounds say, and are never worse than nothing', () => {
    fc.assert(
      fc.property(anyCluster, anyTarget, (cluster, target) => {
        const decided = decide(cluster, { target });
        const { hot } = checkPlan(cluster, movesOf(decided), target);
        const { hot: before } = checkPlan(cluster, [], target);
        expect(before).toEqual(expect.arrayContaining([...hot]));
        if (hot.length > 0) return;
        const bound = decided.plan.bound?.moves ?? 0;
        expect(bound).toBeGreaterThanOrEqual(mayMoveAll(cluster) ? removalBound(cluster, target).moves : 0);
        expect(decided.plan.steps.length).toBeGreaterThanOrEqual(bound);
      }),
      { numRuns: 100 * MORE },
    );
  });

  it('are the same for a seed, and find nothing to do once they were carried out', () => {
    fc.assert(
      fc.property(anyCluster, anyTarget, (cluster, target) => {
        const first = decide(cluster, { target });
        expect(movesOf(decide(cluster, { target }))).toEqual(movesOf(first));
        fc.pre(first.plan.unresolved.length === 0);
        expect(decide(carriedOut(cluster, movesOf(first)), { target }).plan.steps).toEqual([]);
      }),
      { numRuns: 100 * MORE },
    );
  });

  it('find hardly ever anything more once they were carried out, where nodes stay hot', () => {
    const crowded = Array.from({ length: 100 }, (_, seed) => {
      const nodes = 3 + (seed % 6);
      const cluster = makeCluster({ nodes, guests: nodes * 6, seed, rules: seed % 2 === 0 });
      const used = cluster.guests.reduce((sum, guest) => sum + guest.cpuUsed, 0);
      const target = used / cluster.nodes.reduce((sum, node) => sum + node.cpu, 0) + 0.06;
      return { cluster, target, first: decide(cluster, { target }) };
    }).filter(({ first }) => first.plan.unresolved.length > 0);
    const more = crowded.filter(({ cluster, target, first }) => {
      return decide(carriedOut(cluster, movesOf(first)), { target }).plan.steps.length > 0;
    });
    expect(crowded.length).toBeGreaterThan(25);
    expect(more).toEqual([]);
  });

  it('move other names alone when nodes and guests are named otherwise, and stand in another order', () => {
    fc.assert(
      fc.property(anyCluster, anyTarget, (cluster, target) => {
        // Of two that are empty and alike either may be taken.
        const kinds = cluster.nodes.map(({ name, cpu, mem }) => {
          return `${cpu} ${mem} ${cluster.guests.some((guest) => guest.node === name) ? name : ''}`;
        });
        fc.pre(new Set(kinds).size === kinds.length);
        const names = new Map(cluster.nodes.map(({ name }, n) => [name, `x${String(99 - n).padStart(2, '0')}`]));
        const node = (name: string): string => names.get(name) ?? '';
        const id = (guest: number): number => 9000 - guest;
        const renamed: Cluster = {
          ...cluster,
          nodes: cluster.nodes.map((one) => ({ ...one, name: node(one.name) })),
          guests: cluster.guests.map((guest) => ({
            ...guest,
            id: id(guest.id),
            node: node(guest.node),
            pin: guest.pin.map(node),
          })),
        };
        const expected = movesOf(decide(cluster, { target })).map(({ guest, from, to, wave }) => {
          return { guest: id(guest), from: node(from), to: node(to), wave };
        });
        expect(movesOf(decide(renamed, { target }))).toEqual(expected);
      }),
      { numRuns: 100 * MORE },
    );
  });

  it('make room for a guest of a hot node in clusters too large to be looked at as a whole', () => {
    // No node has room for the four cores that have to leave n01, but any two of the others can make it.
    const made = makeCluster({ nodes: 30, guests: 90, seed: 1, rules: false });
    const nodes = made.nodes.map((node) => ({ ...node, cpu: 16, mem: 64 * 2 ** 30 }));
    const guests = made.guests.map((guest, i) => {
      const n = i % 30;
      const cpuUsed = n === 0 ? 4.5 : ([5, 2, 2.5][Math.floor(i / 30)] ?? 0);
      return { ...guest, node: nodes[n]?.name ?? '', cpuUsed, memUsed: 2 ** 30, memTotal: 2 ** 30 };
    });
    const cluster = { ...made, nodes, guests };
    const decided = decide(cluster, { target: 0.8 });
    const { faults, hot } = checkPlan(cluster, movesOf(decided), 0.8);
    expect(faults).toEqual([]);
    expect(hot).toEqual([]);
    expect(decided.plan.steps.map((step) => step.reason).toSorted()).toEqual(['make-room', 'relieve-cpu']);
  });

  it('break a ring of moves that wait for each other: one fills its target above the trigger for a moment', () => {
    // n0001 has too much CPU and n0002 too much memory; each has room for the other's guest once its own has left.
    const made = makeCluster({ nodes: 30, guests: 32, seed: 1, rules: false });
    const nodes = made.nodes.map((node) => ({ ...node, cpu: 16, mem: 64 * 2 ** 30 }));
    const sizes = [
      { node: 0, cpuUsed: 3, gib: 1, storage: 'ceph' },
      { node: 0, cpuUsed: 11.3, gib: 39, storage: 'local' },
      { node: 1, cpuUsed: 1, gib: 10, storage: 'ceph' },
      { node: 1, cpuUsed: 9.3, gib: 43, storage: 'local' },
      ...nodes.slice(2).map((_, i) => ({ node: i + 2, cpuUsed: 12.3, gib: 49, storage: 'local' })),
    ];
    const guests = sizes.flatMap(({ node, cpuUsed, gib, storage }, i) => {
      const guest = made.guests[i];
      const memUsed = gib * 2 ** 30;
      return guest === undefined
        ? []
        : [{ ...guest, node: nodes[node]?.name ?? '', cpuUsed, memUsed, memTotal: memUsed, storage }];
    });
    const cluster = { ...made, nodes, guests };
    const decided = decide(cluster, { target: 0.8 });
    const { faults, hot } = checkPlan(cluster, movesOf(decided), 0.8);
    expect(faults).toEqual([]);
    expect(hot).toEqual([]);
    expect(decided.plan.steps.map((step) => `${step.from} ${step.to} ${step.reason}`)).toEqual([
      'n0001 n0002 relieve-cpu',
      'n0002 n0001 make-room',
    ]);
  });

  it('are found faulty by the checker when they are', () => {
    const cluster = makeCluster({ nodes: 4, guests: 60, seed: 3, rules: false });
    const [guest] = cluster.guests;
    const crowd = cluster.guests
      .filter((one) => one.node !== 'n0001')
      .map((one) => ({ guest: one.id, from: one.node, to: 'n0001', wave: 1 }));
    expect(checkPlan(cluster, crowd, 0.7).faults.join('\n')).toMatch(
      /at once into or out of n0001[\s\S]*memory of n0001/,
    );
    const lost = { guest: guest?.id ?? 0, from: 'nowhere', to: 'n0001', wave: 1 };
    expect(checkPlan(cluster, [lost], 0.7).faults).toHaveLength(1);
  });
});

/** Whether the planner counts the same guests as movable as the plain bound does. */
function mayMoveAll({ guests }: Cluster): boolean {
  return guests.every((guest) => guest.affinity.length === 0);
}
