import { expect, test } from 'vitest';
import { aMember, aVirtualService } from '../services/builders.ts';
import { aNetwork, countsOf, movedBetween } from './network.ts';

const network = aNetwork();
const weighted = (weights: readonly number[]) =>
  aVirtualService({ members: weights.map((weight, i) => aMember(i + 1, weight)) });

test('4,000 connections over 10:20:30:40 land within 2 percentage points', async () => {
  await network.carry([weighted([10, 20, 30, 40])]);
  const landed = countsOf(await network.spread(4000));
  for (const n of [1, 2, 3, 4]) expect(Math.abs((landed[`b${n}`] ?? 0) / 4000 - n / 10)).toBeLessThan(0.02);
});

test.each([
  { name: 'one 10 % heavier', weights: [1.1, 1, 1, 1] },
  { name: 'one 50 % heavier', weights: [1.5, 1, 1, 1] },
  { name: '10:20:30:40', weights: [10, 20, 30, 40] },
  { name: 'one without a weight', weights: [0, 1, 1, 1] },
])('of 4,000 connections, at most 1.5 times the least possible move: $name', async ({ weights }) => {
  network.tables = undefined;
  await network.carry([weighted([1, 1, 1, 1])]);
  const before = await network.spread(4000);
  await network.fabric.forgetConnections();
  await network.carry([weighted(weights)]);
  const after = await network.spread(4000);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const least = weights.reduce((sum, weight) => sum + Math.abs(weight / total - 0.25), 0) / 2;
  const share = movedBetween(before, after) / 4000;
  expect(share).toBeGreaterThan(0);
  expect(share).toBeLessThanOrEqual(1.5 * least);
});
