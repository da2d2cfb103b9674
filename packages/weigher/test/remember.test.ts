import { EMPTY_HISTORY, type History } from '@ballast/core';
import { someWeights, T0 } from '@ballast/testkit';
import { expect, test } from 'vitest';
import { rememberWeights } from '../src/index.ts';

const table = (...services: ReturnType<typeof someWeights>[]) => ({ snapshotId: 's', decidedAt: T0, services });

test('remembers what was decided and leaves the rest of the history alone', () => {
  const history: History = {
    ...EMPTY_HISTORY,
    moves: [{ guest: 1, from: 'a', to: 'b', startedAt: 1, outcome: 'running' }],
    guests: { 1: { smoothed: { cpu: 1, memory: 2 }, samples: 3, node: 'a' } },
    weights: { 'shop/1': 0.1 },
  };
  expect(
    rememberWeights(history, table(someWeights('shop', { 1: 0.5, 2: 1 }), someWeights('pay', { 2: 0.25 }))),
  ).toEqual({
    ...history,
    weights: { 'shop/1': 0.5, 'shop/2': 1, 'pay/2': 0.25 },
  });
});

test('forgets members and services that are gone', () => {
  const history = { ...EMPTY_HISTORY, weights: { 'shop/1': 1, 'shop/2': 1, 'old/3': 1 } };
  expect(rememberWeights(history, table(someWeights('shop', { 2: 0.5 }))).weights).toEqual({ 'shop/2': 0.5 });
});

test('a frozen service keeps what was remembered of it, also one with a slash in its name', () => {
  const history = { ...EMPTY_HISTORY, weights: { 'a/b/1': 0.3, 'a/2': 0.4, 'shop/1': 0.5 } };
  const frozen = [
    { service: 'a/b', members: [], frozen: 'no-members' as const },
    { ...someWeights('shop', { 1: 0.9 }), frozen: 'stale' as const },
  ];
  expect(rememberWeights(history, table(...frozen)).weights).toEqual({ 'a/b/1': 0.3, 'shop/1': 0.5 });
});

test('what a migration takes off a weight is not remembered', () => {
  const { service, members } = someWeights('shop', { 1: 0.2 });
  const migrating = members.map((entry) => ({ ...entry, factors: { ...entry.factors, migration: 0.4 } }));
  expect(rememberWeights(EMPTY_HISTORY, table({ service, members: migrating })).weights).toEqual({ 'shop/1': 0.5 });
});
