import {
  type Guest,
  type GuestStatus,
  type History,
  membersOf,
  type WeightPolicy,
  type WeightTable,
} from '@ballast/core';
import { aService, aWeightPolicy } from '@ballast/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectedUsage, type MigratingGuest, rememberWeights } from '../src/index.ts';
import { aMember, anAssessment, type NodeLoad, pool, settle, weighShop, weightsOf } from './pool.ts';

const NODES = ['a', 'b', 'c'] as const;
const ratio = (max = 1) => fc.double({ min: 0, max, noNaN: true });

const policies: fc.Arbitrary<WeightPolicy> = fc.record({
  headroomExponent: ratio(4),
  pressureExponent: ratio(4),
  migrationFactor: ratio(),
  damping: fc.double({ min: 0.01, max: 1, noNaN: true }),
  deadBand: ratio(0.5),
  maxStep: fc.double({ min: 0.01, max: 1, noNaN: true }),
  floor: ratio(),
});

const nodeLoads: fc.Arbitrary<NodeLoad> = fc
  .record({
    cpu: ratio(1.2),
    pressure: ratio(),
    status: fc.constantFrom('online', 'online', 'online', 'offline', 'unknown'),
  })
  .map(({ cpu, pressure, status }) => ({ cpu, pressure, fields: { status } as NonNullable<NodeLoad['fields']> }));

const guestSets: fc.Arbitrary<readonly Guest[]> = fc
  .array(
    fc.record({
      node: fc.constantFrom(...NODES),
      cpu: ratio(6),
      status: fc.constantFrom<GuestStatus>('running', 'running', 'running', 'stopped', 'paused', 'unknown'),
      vcpus: fc.constantFrom(0, 1, 4, 64),
      tags: fc.constantFrom(['web'], ['web'], ['db']),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((list) =>
    list.map(({ node, cpu, status, vcpus, tags }, i) =>
      aMember(i + 1, node, cpu, { status, tags, capacity: { cpu: vcpus, memory: 2 ** 33 } }),
    ),
  );

/** Any cluster, any policy, any past, any migrations. */
const scenes = fc
  .record({
    nodes: fc.record({ a: nodeLoads, b: nodeLoads, c: nodeLoads }),
    guests: guestSets,
    policy: policies,
    past: fc.dictionary(
      fc.integer({ min: 1, max: 8 }).map((id) => `shop/${id}`),
      ratio(),
    ),
    samples: fc.integer({ min: 0, max: 4 }),
    migrating: fc.uniqueArray(
      fc.record({
        guest: fc.integer({ min: 1, max: 8 }),
        mode: fc.constantFrom('live', 'restart', 'offline'),
        to: fc.constant('c'),
      }),
      { selector: (entry) => entry.guest },
    ),
    drain: fc.boolean(),
    trafficShare: ratio(),
    hold: fc.boolean(),
    stale: fc.boolean(),
  })
  .map((scene) => ({ ...scene, migrating: scene.migrating as readonly MigratingGuest[] }));
type Scene = typeof scenes extends fc.Arbitrary<infer T> ? T : never;

const historyOf = ({ past, samples }: Scene): History => ({
  nodes: {},
  guests: Object.fromEntries([1, 2, 3].map((id) => [id, { smoothed: { cpu: 0, memory: 0 }, samples, node: 'a' }])),
  moves: [1, 2, 3].map((guest) => ({ guest, from: 'c', to: 'a', startedAt: 0, endedAt: 1, outcome: 'done' })),
  weights: past,
});
const servicesOf = (scene: Scene) => [
  aService('shop', { whileMigrating: scene.drain ? 'drain' : 'reduce', trafficShare: scene.trafficShare }),
];
const weighScene = (scene: Scene): WeightTable =>
  weighShop(anAssessment(scene.nodes, scene.guests), {
    services: servicesOf(scene),
    policy: scene.policy,
    history: historyOf(scene),
    migrating: scene.migrating,
    hold: scene.hold,
    stale: scene.stale,
  });

describe('whatever the cluster, the policy and the past', () => {
  const always = (check: (table: WeightTable, scene: Scene) => void): void => {
    fc.assert(
      fc.property(scenes, (scene) => check(weighScene(scene), scene)),
      { numRuns: 400 },
    );
  };

  test('every member has a weight above 0 and up to 1, and factors that are numbers', () => {
    always((table, { guests }) => {
      expect(pool(table).members.map(({ member }) => member.guest)).toEqual(
        membersOf(aService(), guests).map((member) => member.guest),
      );
      for (const { weight, factors } of pool(table).members) {
        expect(weight).toBeGreaterThan(0);
        expect(weight).toBeLessThanOrEqual(1);
        for (const factor of Object.values(factors)) {
          expect(factor).toBeGreaterThanOrEqual(0);
          expect(factor).toBeLessThanOrEqual(1);
        }
      }
    });
  });

  test('a pool with members has one that is ready, and a running one before any that is down', () => {
    always((table, { guests, nodes }) => {
      const { members } = pool(table);
      const ready = members.filter(({ state }) => state === 'ready').map(({ member }) => member.guest);
      expect(ready.length).toBeGreaterThanOrEqual(Math.min(1, members.length));
      const down = (id: number): boolean => {
        const guest = guests.find((candidate) => candidate.id === id);
        const seen = nodes[guest?.node as 'a'].fields?.status === 'online';
        return seen && (guest?.status === 'stopped' || guest?.status === 'paused');
      };
      const allDown = members.every(({ member }) => down(member.guest));
      expect(allDown ? [] : ready.filter(down)).toEqual([]);
    });
  });

  test('the floor holds, but for what a migration takes off', () => {
    always((table, { policy }) => {
      for (const { weight, state, factors } of pool(table).members) {
        const floor = state === 'ready' ? policy.floor * factors.migration : 0;
        expect(weight).toBeGreaterThanOrEqual(floor - 1e-6);
      }
    });
  });

  test('the step cap holds, but for the floor and for what a migration takes off', () => {
    always((table, scene) => {
      const after = rememberWeights(historyOf(scene), table).weights;
      const floor = Math.max(scene.policy.floor, 0.001);
      const decided = pool(table).frozen === undefined ? Object.entries(after) : [];
      for (const [key, weight] of decided) {
        const before = Math.max(scene.past[key] ?? 1, floor);
        expect(Math.abs(weight - before)).toBeLessThanOrEqual(scene.policy.maxStep * before + 1e-6);
      }
    });
  });

  test('a frozen service changes nothing that is remembered', () => {
    always((_, scene) => {
      expect(rememberWeights(historyOf(scene), weighScene({ ...scene, stale: true })).weights).toEqual(scene.past);
    });
  });

  test('the same input gives the same table, in whatever order nodes and guests come', () => {
    always((table, scene) => {
      const nodes = { c: scene.nodes.c, b: scene.nodes.b, a: scene.nodes.a };
      const migrating = [...scene.migrating].reverse();
      expect(weighScene({ ...scene, nodes, guests: [...scene.guests].reverse(), migrating })).toEqual(table);
    });
  });

  test('the usage that is expected is a number between 0 and the vCPUs, and moves no more than the traffic share', () => {
    always((table, scene) => {
      const assessment = anAssessment(scene.nodes, scene.guests);
      const expected = expectedUsage({ table, services: servicesOf(scene), history: historyOf(scene), assessment });
      for (const { guest, usage } of assessment.guests) {
        const { cpu } = expected[guest.id] ?? { cpu: 0 };
        expect(cpu).toBeGreaterThanOrEqual(0);
        expect(cpu).toBeLessThanOrEqual(guest.capacity.cpu);
        const own = expected[guest.id] === undefined ? 0 : Math.min(usage.cpu, guest.capacity.cpu);
        expect(cpu).toBeGreaterThanOrEqual(own * (1 - scene.trafficShare) - 1e-9);
      }
    });
  });
});

/** Three nodes and one running member or more on each. */
const pools = fc.record({
  nodes: fc.record({ a: ratio(0.9), b: ratio(0.9), c: ratio(0.9) }),
  members: fc.array(fc.record({ node: fc.constantFrom(...NODES), cpu: ratio(3) }), { minLength: 2, maxLength: 8 }),
  added: ratio(0.8),
});
type Pool = typeof pools extends fc.Arbitrary<infer T> ? T : never;

/** The first member uses so many cores more, and so does its node, which feels it. */
function assessPool({ nodes, members }: Pool, added: number): ReturnType<typeof anAssessment> {
  const loads = (['a', 'b', 'c'] as const).map((name) => {
    const cpu = nodes[name] + (members[0]?.node === name ? added / 16 : 0);
    return [name, { cpu, pressure: cpu }] as const;
  });
  const guests = members.map(({ node, cpu }, i) => aMember(i + 1, node, cpu + (i === 0 ? added : 0)));
  return anAssessment(Object.fromEntries(loads), guests);
}

describe('running members', () => {
  test('more load never earns a member a greater share of the weight', () => {
    fc.assert(
      fc.property(pools, policies, (scene, drawn) => {
        // Without step cap, dead band and floor, which cut both sides alike or not at all.
        const policy = { ...drawn, maxStep: 1, deadBand: 0, floor: 0 };
        const shareOf = (added: number): number => {
          const weights = weightsOf(weighShop(assessPool(scene, added), { policy }));
          return (weights[1] ?? 0) / Object.values(weights).reduce((sum, weight) => sum + weight, 0);
        };
        // The equilibrium is found in a bounded number of steps: two such findings may differ by a part in a thousand.
        expect(shareOf(scene.added)).toBeLessThanOrEqual(shareOf(0) + 2e-3);
      }),
      { numRuns: 400 },
    );
  });

  test('of two on one node with one weight the busier gets no more than the other', () => {
    fc.assert(
      fc.property(ratio(), ratio(4), ratio(4), policies, (node, one, two, policy) => {
        const guests = [aMember(1, 'a', Math.min(one, two)), aMember(2, 'a', Math.max(one, two)), aMember(3, 'b')];
        const weights = weightsOf(weighShop(anAssessment({ a: { cpu: node }, b: { cpu: 0.3 } }, guests), { policy }));
        expect(weights[2]).toBeLessThanOrEqual((weights[1] ?? 0) + 1e-6);
      }),
      { numRuns: 400 },
    );
  });

  test('under a load that stays the weights come to rest, the best near 1', () => {
    fc.assert(
      fc.property(pools, fc.constantFrom(0, 0.3, 1), (scene, trafficShare) => {
        const assessment = assessPool(scene, 0);
        const services = [aService('shop', { trafficShare })];
        const table = settle(assessment, 80, { services });
        const history = { nodes: {}, guests: {}, moves: [], weights: {} };
        const remembered = rememberWeights(history, table);
        expect(weightsOf(weighShop(assessment, { services, history: remembered }))).toEqual(weightsOf(table));
        expect(Math.max(...Object.values(weightsOf(table)))).toBeGreaterThanOrEqual(1 / (1 + aWeightPolicy().deadBand));
      }),
      { numRuns: 40 },
    );
  });
});
