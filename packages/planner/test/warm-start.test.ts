import { GIB, type Migration, RESOURCES, seededRandom } from '@ballast/core';
import { aGuest, aMigration, aNode, aSnapshot } from '@ballast/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnyCluster, anyCluster } from './arbitrary.ts';
import { apart, type Decided, decideOn, moves, pin } from './stage.ts';

const WIDE = { maxSteps: 100 };

describe('what the last plan had, and what is not made yet', () => {
  const nodes = [
    aNode('a', { cpu: 0.9 }),
    aNode('b', { cpu: 0.1 }),
    aNode('c', { cpu: 0.12 }),
    aNode('d', { cpu: 0.65 }),
  ];
  const guests = [aGuest(1, 'a', { cpu: 3.5, memory: 4 }), aGuest(2, 'a', { cpu: 3.5, memory: 4.1 })];
  const snapshot = aSnapshot({ nodes, guests });
  const step = (guest: number, to: string, fields: Partial<Migration> = {}): Migration =>
    aMigration(guest, 'a', to, fields);

  it.each<[string, readonly Migration[], readonly string[]]>([
    ['nothing', [], ['1 a>b']],
    ['the other of two guests that do as well', [step(2, 'b')], ['2 a>b']],
    ['the other of two targets', [step(1, 'c')], ['1 a>c']],
    ['a target that has no room any more', [step(1, 'd')], ['1 a>b']],
    ['more moves than needed', [step(1, 'b'), step(2, 'c')], ['1 a>b']],
    ['a guest that is gone', [step(7, 'b')], ['1 a>b']],
    ['a step that was made', [aMigration(1, 'c', 'a')], ['1 a>b']],
    ['a node that is gone', [step(2, 'x')], ['1 a>b']],
  ])('%s', (_, previous, expected) => {
    expect(moves(decideOn({ snapshot, previous }).plan)).toEqual(expected);
  });

  it('is given up where it takes many more bytes, or helps too little', () => {
    const heavy = {
      ...snapshot,
      guests: [aGuest(1, 'a', { cpu: 3.5, memory: 4 }), aGuest(2, 'a', { cpu: 3.5, memory: 8 })],
    };
    expect(moves(decideOn({ snapshot: heavy, previous: [step(2, 'b')] }).plan)).toEqual(['1 a>b']);
    const light = {
      ...snapshot,
      guests: [aGuest(1, 'a', { cpu: 3.5, memory: 4 }), aGuest(2, 'a', { cpu: 2.9, memory: 4 })],
    };
    expect(moves(decideOn({ snapshot: light, previous: [step(2, 'b')] }).plan)).toEqual(['1 a>b']);
  });

  it('stays for rules and for maintenance, too', () => {
    const calm = nodes.map((node) => aNode(node.name, { cpu: 0.3 }, { maintenance: node.name === 'd' }));
    const mend = { reason: 'mend-rule' } as const;
    const small = [aGuest(1, 'a', { cpu: 0.5, memory: 1 }), aGuest(2, 'd', { cpu: 0.5, memory: 1 })];
    const scene = { snapshot: aSnapshot({ nodes: calm, guests: small }), rules: [pin(1, 'b', 'c')] };
    const cold = decideOn(scene).plan.steps;
    const other = (to: string): string => (to === 'b' ? 'c' : 'b');
    const previous = cold.map((one) => ({ ...one, to: other(one.to) }));
    expect(cold[0]).toMatchObject({ guest: 1, ...mend });
    expect(decideOn({ ...scene, previous }).plan.steps.map(({ to }) => to)).toEqual(previous.map(({ to }) => to));
    expect(decideOn({ ...scene, rules: [pin(1, 'b', 'c'), apart(1, 2)], previous }).plan.steps).toHaveLength(2);
  });
});

/** The same cluster, each load measured a little differently. */
function measuredAgain({ snapshot, rules, moves: past }: AnyCluster, seed: number): AnyCluster {
  const random = seededRandom(seed);
  const off = (value: number): number => value * (1 + (random() - 0.5) * 0.06);
  const guests = snapshot.guests.map((guest) => {
    return { ...guest, usage: { cpu: off(guest.usage.cpu), memory: off(guest.usage.memory) } };
  });
  const nodes = snapshot.nodes.map((node) => {
    const own = guests.filter((guest) => guest.node === node.name && guest.status === 'running');
    const was = snapshot.guests.filter((guest) => guest.node === node.name && guest.status === 'running');
    const sum = (list: typeof guests, key: 'cpu' | 'memory'): number =>
      list.reduce((total, { usage }) => total + (usage[key] || 0), 0);
    const load = (key: 'cpu' | 'memory'): number => node.usage[key] - sum(was, key) + sum(own, key);
    return { ...node, usage: { cpu: load('cpu'), memory: load('memory') } };
  });
  return { snapshot: { ...snapshot, nodes, guests }, rules, moves: past };
}

describe('planning again after loads were measured again', () => {
  const same = (steps: readonly Migration[], others: readonly Migration[]): number =>
    steps.filter((one) => others.some(({ guest, to }) => guest === one.guest && to === one.to)).length;
  const relieved = ({ plan }: Decided): number => plan.unresolved.length;
  /** What is hot after the plan, and was not before. */
  const hotNodes = ({ plan, policy }: Decided): readonly string[] =>
    plan.after
      .filter(({ utilization }, i) =>
        RESOURCES.some((resource) => {
          const before = plan.before[i]?.utilization[resource] ?? 0;
          return utilization[resource] > Math.max(policy[resource].high, before) + 1e-6;
        }),
      )
      .map(({ node }) => node);
  const bytesOf = ({ plan }: Decided): number => plan.steps.reduce((sum, { cost }) => sum + cost.bytes, 0);

  it('changes few steps, and is never worse than without', { timeout: 60_000 }, () => {
    let [kept, cold, all] = [0, 0, 0];
    fc.assert(
      fc.property(anyCluster, fc.nat(), (cluster, seed) => {
        const first = decideOn({ ...cluster, policy: WIDE }).plan.steps;
        const again = { ...measuredAgain(cluster, seed), policy: WIDE };
        const warm = decideOn({ ...again, previous: first });
        const without = decideOn(again);
        kept += same(first, warm.plan.steps);
        cold += same(first, without.plan.steps);
        all += first.length;
        expect(relieved(warm)).toBeLessThanOrEqual(relieved(without));
        const onlyRelief = first.every(({ reason }) => reason.startsWith('relieve'));
        const most = onlyRelief ? without.plan.steps.length : WIDE.maxSteps;
        expect(warm.plan.steps.length).toBeLessThanOrEqual(most);
        expect(bytesOf(warm)).toBeLessThanOrEqual(onlyRelief ? bytesOf(without) * 1.05 + GIB / 1024 : Infinity);
        expect(hotNodes(without)).toEqual(expect.arrayContaining([...hotNodes(warm)]));
      }),
      { numRuns: 150, endOnFailure: true },
    );
    expect(kept / all).toBeGreaterThan(0.85);
    expect(kept).toBeGreaterThan(cold);
  });
});
