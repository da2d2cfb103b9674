import { DEFAULTS } from '@ballast/config';
import { EMPTY_HISTORY, type Guest, type History, type Pressure, type Ratio } from '@ballast/core';
import { assess, remember } from '@ballast/planner';
import { aGuest, aNode, aService, aSnapshot, T0 } from '@ballast/testkit';
import { describe, expect, test } from 'vitest';
import { rememberWeights, weigh } from '../../src/index.ts';

const NOTHING: Pressure = { cpuSome: 0, memorySome: 0, memoryFull: 0, ioSome: 0, ioFull: 0 };

/** Rounds of the real assessment over a load that stays: the first node at `cpu`, the others at 35 %. */
function weightsAfter(rounds: number, cpu: Ratio, trafficShare: Ratio, stalls?: Ratio): readonly (readonly number[])[] {
  const pressure = (cpuSome: Ratio): { pressure?: Pressure } =>
    stalls === undefined ? {} : { pressure: { ...NOTHING, cpuSome } };
  const nodes = [
    aNode('a', { cpu }, pressure(stalls ?? 0)),
    aNode('b', { cpu: 0.35 }, pressure(0)),
    aNode('c', { cpu: 0.35 }, pressure(0)),
  ];
  const guests: readonly Guest[] = ['a', 'a', 'b', 'b', 'c', 'c'].map((node, i) =>
    aGuest(101 + i, node, { cpu: node === 'a' ? 2 : 1 }, { tags: ['web'] }),
  );
  const services = [aService('shop', { trafficShare })];
  const { balance, weights: policy } = DEFAULTS;
  let history: History = EMPTY_HISTORY;
  const seen: (readonly number[])[] = [];
  for (let round = 0; round < rounds; round++) {
    const now = T0 + round * 30_000;
    const snapshot = aSnapshot({ id: `s${round}`, takenAt: now, nodes, guests });
    history = remember(history, snapshot, balance);
    const assessment = assess({ snapshot, history, policy: balance, rules: [], now, moving: [] });
    const table = weigh({ assessment, services, history, policy, balance, migrating: [], now });
    history = rememberWeights(history, table);
    seen.push(table.services[0]?.members.map((member) => member.weight) ?? []);
  }
  return seen;
}

describe('by the default policy, on a host above 90 %', () => {
  test.each([
    ['no stall information', undefined, 0],
    ['no stall information, traffic that counts', undefined, 0.6],
    ['stalls a fifth of the time', 0.2, 0],
    ['hardly any stalls', 0.05, 0],
  ])('%s: its members are down to about half within five rounds, and go on falling', (_, stalls, trafficShare) => {
    const rounds = weightsAfter(20, 0.93, trafficShare, stalls);
    const ratioOf = (round: number): number => (rounds[round]?.[0] ?? 1) / (rounds[round]?.[2] ?? 1);
    expect(ratioOf(4)).toBeLessThan(0.55);
    expect(ratioOf(19)).toBeLessThan(0.35);
    for (let round = 1; round < rounds.length; round++) expect(ratioOf(round)).toBeLessThanOrEqual(ratioOf(round - 1));
  });

  test('at 60 % they keep most of their share', () => {
    expect(weightsAfter(20, 0.6, 0, 0.01).at(-1)?.[0]).toBeGreaterThan(0.75);
  });
});
