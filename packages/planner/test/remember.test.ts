import { EMPTY_HISTORY, GIB, type History } from '@ballast/core';
import { aBalancePolicy, aGuest, aNode, aSnapshot, T0 } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { remember } from '../src/index.ts';
import { aMove } from './stage.ts';

const policy = aBalancePolicy({ smoothing: 0.5 });

function after(history: History, ...cpus: readonly number[]): History {
  return cpus.reduce((past, cpu) => remember(past, aSnapshot({ nodes: [aNode('a', { cpu })] }), policy), history);
}

describe('a node in the history', () => {
  it('starts with its first sample, and is smoothed from then on', () => {
    expect(after(EMPTY_HISTORY, 0.6).nodes['a']?.smoothed.cpu).toBeCloseTo(0.6);
    expect(after(EMPTY_HISTORY, 0.6, 0.8).nodes['a']?.smoothed.cpu).toBeCloseTo(0.7);
    expect(after(EMPTY_HISTORY, 0.6, 0.8, 0.8).nodes['a']?.smoothed.cpu).toBeCloseTo(0.75);
  });

  it.each([
    ['counts rounds above high', [0.9, 0.9, 0.9], 3],
    ['begins anew once it fell', [0.9, 0.9, 0.3, 0.95, 0.95], 2],
    ['counts a sudden load from its first sample on', [0.3, 0.9, 0.9, 0.9], 3],
    ['does not count a node at high', [0.8, 0.8], 0],
    ['does not count the tail of a spike', [0.6, 1.2, 0.6], 0],
    ['counts a load that wavers around a mean above high', [0.9, 0.75, 0.9, 0.75], 4],
  ])('%s', (_, cpus, rounds) => {
    expect(after(EMPTY_HISTORY, ...cpus).nodes['a']?.roundsOver).toBe(rounds);
  });

  it('takes a load that has lasted as it is, and averages until then', () => {
    expect(after(EMPTY_HISTORY, 0.3, 0.9, 0.9).nodes['a']?.smoothed.cpu).toBeCloseTo(0.75);
    expect(after(EMPTY_HISTORY, 0.3, 0.9, 0.9, 0.9).nodes['a']?.smoothed.cpu).toBeCloseTo(0.9);
  });

  it('counts memory against its own threshold', () => {
    const at = (memory: number): number | undefined =>
      remember(EMPTY_HISTORY, aSnapshot({ nodes: [aNode('a', { memory })] }), policy).nodes['a']?.roundsOver;
    expect([at(0.84), at(0.86)]).toEqual([0, 1]);
  });

  it('is dropped when it vanishes or goes offline', () => {
    const past = after(EMPTY_HISTORY, 0.9);
    expect(remember(past, aSnapshot(), policy).nodes).toEqual({});
    const offline = aSnapshot({ nodes: [aNode('a', { cpu: 0.9 }, { status: 'offline' })] });
    expect(remember(past, offline, policy).nodes).toEqual({});
  });

  it('keeps no sample that is not a number', () => {
    const broken = aNode('a', {}, { usage: { cpu: Number.NaN, memory: -1 } });
    expect(remember(EMPTY_HISTORY, aSnapshot({ nodes: [broken] }), policy).nodes['a']).toEqual({
      smoothed: { cpu: 0, memory: 0 },
      roundsOver: 0,
    });
  });
});

describe('a guest that moves', () => {
  const hot = aSnapshot({
    nodes: [aNode('a', { cpu: 0.95 }), aNode('b', { cpu: 0.2 })],
    guests: [aGuest(1, 'a', { cpu: 4, memory: 8 })],
  });
  const past = remember(remember(EMPTY_HISTORY, hot, policy), hot, policy);
  /** The first samples on the new node read low. */
  const moved = aSnapshot({
    nodes: [aNode('a', { cpu: 0.7 }), aNode('b', { cpu: 0.45 })],
    guests: [aGuest(1, 'b', { cpu: 0.1, memory: 1 })],
  });

  it('takes its load along at once: the node it left does not look hot for another round', () => {
    const { nodes } = remember(past, moved, policy);
    expect(nodes['a']).toMatchObject({ smoothed: { cpu: expect.closeTo(0.7, 9) }, roundsOver: 0 });
    expect(nodes['b']?.smoothed.cpu).toBeCloseTo(0.45);
  });

  it('counts on its new node at once, though the figures of that are older than its arrival', () => {
    const lagging = aSnapshot({ ...moved, nodes: [aNode('a', { cpu: 0.7 }), aNode('b', { cpu: 0.2 })] });
    const { nodes } = remember(past, lagging, policy);
    expect(nodes['b']?.smoothed.cpu).toBeCloseTo(0.45);
  });

  it('keeps its smoothed usage until the third sample on the new node', () => {
    const first = remember(past, moved, policy);
    expect(first.guests[1]).toEqual({ smoothed: { cpu: 4, memory: 8 * GIB }, samples: 0, node: 'b' });
    const second = remember(first, moved, policy);
    expect(second.guests[1]).toEqual({ smoothed: { cpu: 4, memory: 8 * GIB }, samples: 1, node: 'b' });
    const third = remember(second, moved, policy);
    expect(third.guests[1]).toEqual({ smoothed: { cpu: 2.05, memory: 4.5 * GIB }, samples: 2, node: 'b' });
  });

  it('takes a rise along from its first sample on the new node: counters that start anew do not read high', () => {
    const risen = aSnapshot({ ...moved, guests: [aGuest(1, 'b', { cpu: 6, memory: 1 })] });
    const first = remember(past, risen, policy);
    expect(first.guests[1]).toEqual({ smoothed: { cpu: 5, memory: 8 * GIB }, samples: 0, node: 'b' });
  });

  it('finds a node that takes no less than its guests do, where the figures of the node are older', () => {
    const nodes = [aNode('a', { cpu: 0.7 }), aNode('b', { cpu: 0.2 })];
    const settled = aGuest(2, 'b', { cpu: 3 });
    const before = remember(past, aSnapshot({ ...hot, nodes: hot.nodes, guests: [...hot.guests, settled] }), policy);
    const risen = aSnapshot({ nodes, guests: [aGuest(1, 'b', { cpu: 8, memory: 1 }), settled] });
    const { guests, nodes: found } = remember(before, risen, policy);
    expect(guests[1]?.smoothed.cpu).toBe(6);
    expect(found['b']?.smoothed.cpu).toBeCloseTo((6 + 3) / 16);
  });

  it.each([
    ['stops', aSnapshot({ ...hot, nodes: moved.nodes, guests: [aGuest(1, 'a', { cpu: 0 }, { status: 'stopped' })] })],
    ['vanishes', aSnapshot({ ...hot, nodes: moved.nodes, guests: [] })],
  ])('is forgotten when it %s, its load with it', (_, snapshot) => {
    const history = remember(past, snapshot, policy);
    expect(history.guests).toEqual({});
    expect(history.nodes['a']?.smoothed.cpu).toBeCloseTo(0.7);
  });
});

describe('the rest of the history', () => {
  it('drops moves that ended more than a week ago, and keeps the others oldest first', () => {
    const day = 86_400_000;
    const history = {
      ...EMPTY_HISTORY,
      moves: [aMove(1, 'a', 'b', day), aMove(2, 'a', 'b', 8 * day), aMove(3, 'a', 'b', 6 * day)],
    };
    expect(remember(history, aSnapshot({ takenAt: T0 }), policy).moves.map((move) => move.guest)).toEqual([3, 1]);
  });

  it('leaves weights as they are', () => {
    const weights = { 'shop/1': 0.4 };
    expect(remember({ ...EMPTY_HISTORY, weights }, aSnapshot(), policy).weights).toBe(weights);
  });

  it('survives being written as JSON', () => {
    const snapshot = aSnapshot({
      nodes: [aNode('a', { cpu: 0.93 }), aNode('__proto__'), aNode('constructor')],
      guests: [aGuest(7, 'a')],
    });
    const history = remember(remember(EMPTY_HISTORY, snapshot, policy), snapshot, policy);
    expect(JSON.parse(JSON.stringify(history))).toEqual(history);
  });
});
