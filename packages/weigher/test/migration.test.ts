import { EMPTY_HISTORY, type History, type MigrationMode } from '@ballast/core';
import { aService, aWeightPolicy, T0 } from '@ballast/testkit';
import { describe, expect, test } from 'vitest';
import { rememberWeights } from '../src/index.ts';
import { aMember, anAssessment, statesOf, weighShop, weightsOf, withWeights } from './pool.ts';

const nodes = { a: { cpu: 0.4 }, b: { cpu: 0.4 }, c: { cpu: 0.4 } };
const guests = [aMember(1, 'a'), aMember(2, 'b'), aMember(3, 'c')];
const moving = (guest: number, mode: MigrationMode = 'live') => ({ guest, mode, to: 'c' });
const draining = { services: [aService('shop', { whileMigrating: 'drain' })] };
const policy = aWeightPolicy({ migrationFactor: 0.4 });

describe('while a guest migrates', () => {
  test.each([
    ['live, reduce', 'live', {}, 'ready', 0.4],
    ['live, drain', 'live', draining, 'drain', 1],
    ['restart', 'restart', {}, 'drain', 1],
    ['offline', 'offline', {}, 'drain', 1],
  ] as const)('%s', (_, mode, fields, state, weight) => {
    const table = weighShop(anAssessment(nodes, guests), { policy, migrating: [moving(1, mode)], ...fields });
    expect(statesOf(table)).toEqual({ 1: state, 2: 'ready', 3: 'ready' });
    expect(weightsOf(table)).toEqual({ 1: weight, 2: 1, 3: 1 });
  });

  test('its factor acts at once, stays what it is round by round, and ends at once', () => {
    let history: History = withWeights({ 1: 0.5, 2: 1, 3: 1 });
    const assessment = anAssessment(nodes, guests);
    for (let round = 0; round < 8; round++) {
      const table = weighShop(assessment, { history, policy, migrating: [moving(1)] });
      // Its load reads low, for its traffic was lowered: that earns it nothing.
      expect(weightsOf(table)[1]).toBeCloseTo(0.2, 9);
      history = rememberWeights(history, table);
      expect(history.weights['shop/1']).toBe(0.5);
    }
    const after = weighShop(assessment, { history, policy });
    expect(weightsOf(after)[1]).toBeCloseTo(0.5 * 1.2, 1);
  });

  test('its steady weight may still fall', () => {
    const hot = anAssessment({ ...nodes, a: { cpu: 0.98 } }, guests);
    const history = withWeights({ 1: 1, 2: 1, 3: 1 });
    const table = weighShop(hot, { history, policy, migrating: [moving(1)] });
    expect(weightsOf(table)[1]).toBeCloseTo(0.8 * 0.4, 9);
  });

  test('is drained only while the rest can carry its load', () => {
    const full = anAssessment(nodes, [aMember(1, 'a', 3), aMember(2, 'b', 3), aMember(3, 'c', 3)]);
    // Each of the others has 4 x high 0.8 - 3 = 0.2 cores of room.
    const kept = weighShop(full, { policy, migrating: [moving(1)], ...draining });
    expect(statesOf(kept)).toEqual({ 1: 'ready', 2: 'ready', 3: 'ready' });
    expect(weightsOf(kept)[1]).toBeCloseTo(0.4, 9);
    const hosts = { a: { cpu: 0.4 }, b: { cpu: 0.79 }, c: { cpu: 0.79 } };
    const idle = [aMember(1, 'a', 1), aMember(2, 'b', 1), aMember(3, 'c', 1)];
    // The guests have room, their hosts have 16 x (0.8 - 0.79) cores each.
    expect(statesOf(weighShop(anAssessment(hosts, idle), { migrating: [moving(1)], ...draining }))[1]).toBe('ready');
  });

  test('of two that want to be drained only as many are as the rest can carry', () => {
    const assessment = anAssessment(nodes, [aMember(1, 'a', 1.5), aMember(2, 'b', 1.5), aMember(3, 'c', 1)]);
    // The third has 2.2 cores of room.
    const table = weighShop(assessment, { policy, migrating: [moving(1), moving(2)], ...draining });
    expect(statesOf(table)).toEqual({ 1: 'drain', 2: 'ready', 3: 'ready' });
  });

  test('the only member stays ready, whatever its migration', () => {
    for (const mode of ['live', 'restart', 'offline'] as const) {
      const table = weighShop(anAssessment(nodes, [aMember(1, 'a')]), {
        policy,
        migrating: [moving(1, mode)],
        ...draining,
      });
      expect(statesOf(table)).toEqual({ 1: 'ready' });
      expect(weightsOf(table)[1]).toBeGreaterThan(0);
    }
  });

  test('of members that are all about to go down one that stays up is kept', () => {
    const members = [aMember(1, 'a'), aMember(2, 'b', 1, { status: 'stopped' })];
    const table = weighShop(anAssessment(nodes, members), { migrating: [moving(1, 'restart')] });
    expect(statesOf(table)).toEqual({ 1: 'ready', 2: 'drain' });
  });
});

describe('after a migration of ours', () => {
  const arrived = (samples: number, to = 'a', outcome: 'done' | 'failed' = 'done'): History => ({
    ...withWeights({ 1: 1, 2: 1, 3: 1 }),
    guests: { 1: { smoothed: { cpu: 1, memory: 1 }, samples, node: 'a' } },
    moves: [{ guest: 1, from: 'b', to, startedAt: T0 - 9, endedAt: T0 - 1, outcome }],
  });
  const weightWith = (history: History): number | undefined =>
    weightsOf(weighShop(anAssessment(nodes, guests), { history, policy, hold: true }))[1];

  test.each([
    [0, 0.4],
    [1, 0.6],
    [2, 0.8],
    [3, 1],
    [40, 1],
  ])('in round %i on its new node the factor is %f', (samples, factor) => {
    expect(weightWith(arrived(samples))).toBeCloseTo(factor, 9);
  });

  test('only where it went, and only if it went', () => {
    expect(weightWith(arrived(1, 'c'))).toBe(1);
    expect(weightWith(arrived(1, 'a', 'failed'))).toBe(1);
    expect(weightWith({ ...arrived(1), moves: [] })).toBe(1);
    expect(weightWith(EMPTY_HISTORY)).toBe(1);
  });
});
