import { GIB, type MemberWeight, type ServiceWeights } from '@ballast/core';
import { aService, someWeights, T0 } from '@ballast/testkit';
import { describe, expect, test } from 'vitest';
import { expectedUsage } from '../src/index.ts';
import { aMember, anAssessment, withWeights } from './pool.ts';

const calm = { a: { cpu: 0.3 }, b: { cpu: 0.3 } };
const assessment = anAssessment(calm, [aMember(1, 'a', 2), aMember(2, 'b', 1), aMember(3, 'b', 1, { tags: [] })]);
const history = withWeights({ 1: 1, 2: 1 });

interface Case {
  readonly weights?: ServiceWeights;
  readonly trafficShare?: number;
  readonly history?: typeof history;
}

function cpuOf(fields: Case = {}): Record<number, number> {
  const weights = fields.weights ?? someWeights('shop', { 1: 0.5, 2: 1 });
  const expected = expectedUsage({
    table: { snapshotId: 's', decidedAt: T0, services: [weights] },
    services: [aService('shop', { trafficShare: fields.trafficShare ?? 1 })],
    history: fields.history ?? history,
    assessment,
  });
  return Object.fromEntries(Object.entries(expected).map(([guest, { cpu }]) => [guest, Math.round(cpu * 1e6) / 1e6]));
}

const change = (fields: Partial<MemberWeight>): ServiceWeights => {
  const { service, members } = someWeights('shop', { 1: 0.5, 2: 1 });
  return { service, members: members.map((entry, i) => (i === 0 ? { ...entry, ...fields } : entry)) };
};

describe('the usage that new weights bring about', () => {
  test.each<[string, Case, Record<number, number>]>([
    // Shares go from 1/2 : 1/2 to 1/3 : 2/3.
    ['all of it follows the traffic', {}, { 1: 1.333333, 2: 1.333333 }],
    ['a part of it follows', { trafficShare: 0.6 }, { 1: 1.6, 2: 1.2 }],
    ['none is known to follow', { trafficShare: 0 }, {}],
    ['the same weights', { weights: someWeights('shop', { 1: 0.3, 2: 0.3 }) }, { 1: 2, 2: 1 }],
    [
      'never above the vCPUs',
      { weights: someWeights('shop', { 1: 1, 2: 0.01 }), history: withWeights({ 1: 0.1, 2: 1 }) },
      { 1: 4, 2: 0.010891 },
    ],
    ['a member without a weight so far', { history: withWeights({ 2: 1 }) }, { 2: 0.666667 }],
    ['no history at all', { history: withWeights({}) }, {}],
    ['a frozen service', { weights: { ...change({}), frozen: 'stale' } }, {}],
    ['a member that drains', { weights: change({ state: 'drain' }) }, { 2: 1 }],
    [
      'what a migration takes off does not last',
      { weights: change({ factors: { base: 1, headroom: 1, pressure: 1, migration: 0.5, wanted: 1 } }) },
      { 1: 2, 2: 1 },
    ],
  ])('%s', (_, fields, expected) => {
    expect(cpuOf(fields)).toEqual(expected);
  });

  test('memory is taken to stay', () => {
    const table = { snapshotId: 's', decidedAt: T0, services: [someWeights('shop', { 1: 0.5, 2: 1 })] };
    const services = [aService('shop', { trafficShare: 1 })];
    expect(expectedUsage({ table, services, history, assessment })[1]?.memory).toBe(4 * GIB);
  });

  test('the services of one guest add up, to no more than all of its usage', () => {
    const services = ['shop', 'pay'].map((name) => aService(name, { trafficShare: 0.8 }));
    const weights = ['shop', 'pay'].map((name) => someWeights(name, { 1: 0.5, 2: 1 }));
    const both = { ...history, weights: { ...history.weights, 'pay/1': 1, 'pay/2': 1 } };
    const table = { snapshotId: 's', decidedAt: T0, services: weights };
    const expected = expectedUsage({ table, services, history: both, assessment });
    expect(expected[1]?.cpu).toBeCloseTo(2 * (2 / 3), 9);
  });
});
