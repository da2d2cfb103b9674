import { type ClusterSnapshot, RESOURCES, utilization } from '@ballast/core';
import { aGuest, aNode, aSnapshot } from '@ballast/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { project } from '../src/index.ts';
import { anyCluster } from './arbitrary.ts';
import { aMove, type Decided, decideOn, ignore, moves, type Scene } from './stage.ts';

/** Nodes of 16 cores with guests of these cores each, and nothing else on them. */
function cluster(loads: Readonly<Record<string, readonly number[]>>): ClusterSnapshot {
  let id = 0;
  const guests = Object.entries(loads).flatMap(([node, cores]) =>
    cores.map((cpu) => aGuest(++id, node, {}, { usage: { cpu, memory: 2 ** 28 } })),
  );
  const nodes = Object.entries(loads).map(([name, cores]) => {
    const cpu = cores.reduce((sum, one) => sum + one, 0);
    const capacity = { cpu: 16, memory: 2 ** 36 };
    return aNode(name, {}, { capacity, usage: { cpu, memory: cores.length * 2 ** 28 } });
  });
  return aSnapshot({ nodes, guests });
}

const cpuAfter = ({ plan }: Decided): readonly number[] => plan.after.map((node) => node.utilization.cpu * 16);

describe('the profile balance', () => {
  const uneven = cluster({ a: [4, 3, 2, 1], b: [1], c: [] });

  it('evens nodes out with few moves, each with what it gains', () => {
    const decided = decideOn({ snapshot: uneven, policy: { profile: 'balance' } });
    expect(moves(decided.plan)).toEqual(['1 a>c', '3 a>b']);
    expect(cpuAfter(decided)).toEqual([4, 3, 4]);
    expect(decided.plan.steps[0]).toMatchObject({
      reason: 'even-out',
      why: expect.arrayContaining(['a stands at 62.5 % and c at 0 %: the load is evened out.']),
    });
  });

  it('leaves alone what gains less than the floor, and everything in the standard profile', () => {
    expect(moves(decideOn({ snapshot: uneven, policy: { profile: 'balance', minEvenGain: 0.2 } }).plan)).toEqual([
      '1 a>c',
    ]);
    expect(decideOn({ snapshot: uneven, policy: { profile: 'balance', minEvenGain: 0.3 } }).plan.steps).toEqual([]);
    expect(decideOn({ snapshot: uneven }).plan.steps).toEqual([]);
  });
});

describe('the profile pack', () => {
  it('empties the nodes that the others have room for, and names them', () => {
    const decided = decideOn({ snapshot: cluster({ a: [3], b: [4], c: [3], d: [1] }), policy: { profile: 'pack' } });
    expect(decided.plan.notices).toEqual([
      {
        code: 'emptied',
        nodes: ['a', 'd'],
        guests: [],
        detail: 'a and d run no guest after this plan and could be switched off: any one of the 2 nodes left may fail.',
      },
    ]);
    expect(cpuAfter(decided).filter((cores) => cores === 0)).toHaveLength(2);
  });

  it('keeps as many nodes as may lose one of them, and those that hold a guest that stays', () => {
    // 13.6 cores are the ceiling of each: what 3 nodes hold does not fit on 2 less one.
    expect(decideOn({ snapshot: cluster({ a: [6], b: [5], c: [5] }), policy: { profile: 'pack' } }).plan.steps).toEqual(
      [],
    );
    const bound = {
      snapshot: cluster({ a: [3], b: [4], c: [1] }),
      rules: [ignore(3)],
      policy: { profile: 'pack' },
    } as const;
    expect(decideOn(bound).plan.notices?.[0]?.nodes).toEqual(['a']);
  });
});

describe('guests that make room for others', () => {
  const full = { cpu: { high: 0.7, target: 0.7, ceiling: 0.85 }, minGain: 0 };

  it('go first, where no guest of the hot node fits anywhere', () => {
    const decided = decideOn({ snapshot: cluster({ a: [7, 5], b: [3, 6], c: [7] }), policy: full });
    expect(cpuAfter(decided).every((cores) => cores <= 0.7 * 16 + 1e-9)).toBe(true);
    expect(decided.plan.steps.map((step) => step.reason)).toEqual(['make-room', 'relieve-cpu']);
    expect(decided.plan.steps[0]?.why[0]).toMatch(/ goes so that b has room for a guest of a hot node\.$/);
  });

  it('do not, where a rule holds them', () => {
    const decided = decideOn({
      snapshot: cluster({ a: [7, 5], b: [3, 6], c: [7] }),
      policy: full,
      rules: [ignore(3, 4, 5)],
    });
    expect(decided.plan.steps).toEqual([]);
    expect(decided.plan.unresolved.map(({ node }) => node)).toEqual(['a']);
  });
});

describe.each(['balance', 'pack'] as const)('every plan of the profile %s', (profile) => {
  const policy = { profile, maxSteps: 100 } as const;

  it('crosses no ceiling at any moment, leaves no node hot that was not, and is a fixed point', () => {
    fc.assert(
      fc.property(anyCluster, (any) => {
        const scene: Scene = { ...any, policy };
        const { plan, history, policy: limits } = decideOn(scene);
        for (const [i, step] of plan.steps.entries()) {
          const { nodes, guests } = project(any.snapshot, plan.steps.slice(0, i));
          const [node, guest] = [
            nodes.find(({ name }) => name === step.to),
            guests.find(({ id }) => id === step.guest),
          ];
          if (node === undefined || guest === undefined) throw new Error('a step names what is not there');
          const usage = {
            cpu: node.usage.cpu + (guest.usage.cpu || 0),
            memory: node.usage.memory + guest.usage.memory,
          };
          const ratio = utilization(usage, node.capacity);
          for (const resource of RESOURCES)
            expect(ratio[resource]).toBeLessThanOrEqual(limits[resource].ceiling + 1e-6);
        }
        const snapshot = project(any.snapshot, plan.steps);
        const done = plan.steps.map(({ guest, from, to }) => aMove(guest, from, to, 0));
        const again = decideOn({ ...scene, snapshot, history: { ...history, moves: [...history.moves, ...done] } });
        expect(again.plan.steps).toEqual([]);
      }),
      { numRuns: 80 * Number(process.env['PLANNER_RUNS'] ?? 1) },
    );
  });
});
