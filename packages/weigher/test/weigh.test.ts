import type { GuestStatus, NodeStatus, WeightPolicy } from '@ballast/core';
import { aBalancePolicy, aService, aWeightPolicy } from '@ballast/testkit';
import { describe, expect, test } from 'vitest';
import { aMember, anAssessment, membersOf, pool, settle, statesOf, weighShop, weightsOf, withWeights } from './pool.ts';

const calm = { a: { cpu: 0.3 }, b: { cpu: 0.3 }, c: { cpu: 0.3 } };
/** One step goes all the way. */
const AT_ONCE: WeightPolicy = aWeightPolicy({ damping: 1, maxStep: 1, deadBand: 0, floor: 0.01 });

describe('what a weight follows', () => {
  test('members that are alike keep weight 1', () => {
    const assessment = anAssessment(calm, [aMember(1, 'a'), aMember(2, 'b'), aMember(3, 'c')]);
    expect(weightsOf(settle(assessment, 10))).toEqual({ 1: 1, 2: 1, 3: 1 });
  });

  test('settles on headroom^a x (1 - pressure)^b over the best of the pool', () => {
    const nodes = { a: { cpu: 0.5, pressure: 0.2 }, b: { cpu: 0.5, pressure: 0.6 } };
    // Headroom 3/4, 1/4 and 3/4.
    const assessment = anAssessment(nodes, [aMember(1, 'a', 1), aMember(2, 'a', 3), aMember(3, 'b', 1)]);
    const policy = { ...AT_ONCE, headroomExponent: 0.5, pressureExponent: 2 };
    const weights = weightsOf(settle(assessment, 60, { policy }));
    expect(weights[1]).toBeCloseTo(1, 3);
    expect(weights[2]).toBeCloseTo((1 / 3) ** 0.5, 3);
    expect(weights[3]).toBeCloseTo((0.4 / 0.8) ** 2, 3);
  });

  test('tells the factors it was made of', () => {
    const nodes = { a: { cpu: 0.5, pressure: 0.2 }, b: { cpu: 0.5, pressure: 0.6 } };
    const assessment = anAssessment(nodes, [aMember(1, 'a', 1), aMember(2, 'b', 3)]);
    const migrating = [{ guest: 2, mode: 'live' as const, to: 'a' }];
    const policy = { ...AT_ONCE, headroomExponent: 1, migrationFactor: 0.5 };
    const [first, second] = membersOf(weighShop(assessment, { policy, migrating }));
    expect(first?.factors).toEqual({ base: 1, headroom: 0.75, pressure: 0.8, migration: 1, wanted: 1 });
    expect(second?.factors).toMatchObject({ base: 1, headroom: 0.25, pressure: 0.4, migration: 0.5 });
    expect(second?.factors.wanted).toBeCloseTo(((0.25 * 0.4) / (0.75 * 0.8)) * 0.5, 9);
  });

  test('a host above the target presses even while its stall information tells nothing', () => {
    const nodes = { a: { cpu: 0.94, pressure: 0.05 }, b: { cpu: 0.3, pressure: 0 } };
    const assessment = anAssessment(nodes, [aMember(1, 'a'), aMember(2, 'b')]);
    // (1 - 0.94) / (1 - target 0.7)
    expect(membersOf(weighShop(assessment))[0]?.factors.pressure).toBeCloseTo(0.2, 9);
    expect(weightsOf(settle(assessment, 60, { policy: AT_ONCE }))[1]).toBeCloseTo(0.2, 3);
  });

  test('members of an idle pool, or of a pool that is full to the last core, stay equal', () => {
    for (const [cpu, usage] of [
      [0, 0],
      [1, 4],
    ] as const) {
      const nodes = { a: { cpu }, b: { cpu } };
      const assessment = anAssessment(nodes, [aMember(1, 'a', usage), aMember(2, 'b', usage)]);
      expect(weightsOf(settle(assessment, 20))).toEqual({ 1: 1, 2: 1 });
    }
  });

  test('a guest is weighed for each of its services on its own', () => {
    const assessment = anAssessment({ a: { cpu: 0.9 }, b: { cpu: 0.3 } }, [
      aMember(1, 'a', 1, { tags: ['web', 'api'] }),
      aMember(2, 'b', 1, { tags: ['web'] }),
    ]);
    const api = aService('api', { pool: { members: { tags: ['api'], pools: [], guests: [] }, port: 9 } });
    const { services } = weighShop(assessment, { services: [aService(), api] });
    expect(services.map(({ service }) => service)).toEqual(['shop', 'api']);
    expect(services[0]?.members[0]?.weight).toBeLessThan(1);
    expect(services[1]?.members).toMatchObject([{ weight: 1, state: 'ready', member: { guest: 1, port: 9 } }]);
  });
});

describe('one round', () => {
  const assessment = anAssessment({ a: { cpu: 0.95 }, b: { cpu: 0.3 } }, [aMember(1, 'a'), aMember(2, 'b')]);

  test.each([
    ['the step cap', { damping: 1, maxStep: 0.2 }, 0.8],
    ['the floor', { damping: 1, maxStep: 1, floor: 0.35 }, 0.35],
    ['the dead band', { damping: 1, maxStep: 1, deadBand: 0.95 }, 1],
  ])('%s holds', (_, policy, expected) => {
    expect(weightsOf(weighShop(assessment, { policy: aWeightPolicy(policy) }))[1]).toBeCloseTo(expected, 6);
  });

  test('goes on from the weights that were decided last', () => {
    const policy = aWeightPolicy({ damping: 1, maxStep: 0.1 });
    const history = withWeights({ 1: 0.5, 2: 0.5 });
    expect(weightsOf(weighShop(assessment, { policy, history }))).toEqual({ 1: 0.45, 2: 0.55 });
  });

  test('with `hold` answers no load', () => {
    const history = withWeights({ 1: 0.5, 2: 0.7 });
    expect(weightsOf(weighShop(assessment, { history, hold: true }))).toEqual({ 1: 0.5, 2: 0.7 });
    const migrating = [{ guest: 1, mode: 'live' as const, to: 'b' }];
    const policy = aWeightPolicy({ migrationFactor: 0.4 });
    expect(weightsOf(weighShop(assessment, { history, hold: true, migrating, policy }))).toEqual({ 1: 0.2, 2: 0.7 });
  });
});

describe('which members take new connections', () => {
  const node = (status: NodeStatus): { cpu: number; fields: { status: NodeStatus } } => ({
    cpu: 0.3,
    fields: { status },
  });

  test.each<[GuestStatus, NodeStatus, string]>([
    ['running', 'online', 'ready'],
    ['stopped', 'online', 'drain'],
    ['paused', 'online', 'drain'],
    ['unknown', 'online', 'ready'],
    ['running', 'offline', 'ready'],
    ['stopped', 'unknown', 'ready'],
  ])('a %s guest on an %s node: %s', (status, nodeStatus, state) => {
    const guests = [aMember(1, 'a', 3, { status }), aMember(2, 'b'), aMember(3, 'b')];
    const assessment = anAssessment({ a: node(nodeStatus), b: node('online') }, guests);
    const history = withWeights({ 1: 0.5, 2: 1, 3: 1 });
    const table = weighShop(assessment, { history });
    expect(statesOf(table)).toEqual({ 1: state, 2: 'ready', 3: 'ready' });
    // Where nothing is known of the load the weight stays; a load that is known is answered.
    const isKnown = status === 'running' && nodeStatus === 'online';
    expect(weightsOf(table)[1] !== 0.5).toBe(isKnown);
  });

  test('a member that is back goes on with the weight it had', () => {
    const away = anAssessment(calm, [aMember(1, 'a', 0, { status: 'stopped' }), aMember(2, 'b')]);
    const back = anAssessment(calm, [aMember(1, 'a', 1), aMember(2, 'b')]);
    const history = withWeights({ 1: 0.5, 2: 1 });
    const before = settle(away, 5, { history });
    expect(weightsOf(before)).toEqual({ 1: 0.5, 2: 1 });
    expect(weightsOf(weighShop(back, { history }))[1]).toBeCloseTo(0.58, 1);
  });

  test.each([
    ['all stopped: one of them', ['stopped', 'stopped', 'stopped'], 1],
    ['a paused one before a stopped one', ['stopped', 'stopped', 'paused'], 3],
  ] as const)('a pool is never drained whole. %s', (_, statuses, ready) => {
    const guests = statuses.map((status, i) => aMember(i + 1, 'a', 1, { status }));
    const table = weighShop(anAssessment(calm, guests));
    expect(Object.entries(statesOf(table)).filter(([, state]) => state === 'ready')).toEqual([
      [String(ready), 'ready'],
    ]);
    for (const weight of Object.values(weightsOf(table))) expect(weight).toBeGreaterThan(0);
  });

  test('a service without members is left alone', () => {
    expect(pool(weighShop(anAssessment(calm, [])))).toEqual({ service: 'shop', members: [], frozen: 'no-members' });
  });

  test('old data freezes the weights and says so', () => {
    const assessment = anAssessment({ a: { cpu: 0.99 }, b: { cpu: 0.1 } }, [aMember(1, 'a', 4), aMember(2, 'b')]);
    const history = withWeights({ 1: 0.6, 2: 0.9 });
    const migrating = [{ guest: 1, mode: 'live' as const, to: 'b' }];
    const table = weighShop(assessment, { history, migrating, stale: true });
    expect(pool(table).frozen).toBe('stale');
    expect(weightsOf(table)).toEqual({ 1: 0.6, 2: 0.9 });
    expect(statesOf(table)).toEqual({ 1: 'ready', 2: 'ready' });
  });

  test('the table names its snapshot and its time', () => {
    const assessment = anAssessment(calm, [aMember(1, 'a')]);
    expect(weighShop(assessment, { now: 42 })).toMatchObject({ snapshotId: 'snapshot-1', decidedAt: 42 });
  });

  test('leaves its input as it was', () => {
    const input = [anAssessment(calm, [aMember(2, 'b', 3), aMember(1, 'a')]), withWeights({ 1: 0.5 })] as const;
    const copy = structuredClone(input);
    weighShop(input[0], { history: input[1], balance: aBalancePolicy() });
    expect(input).toEqual(copy);
  });
});
