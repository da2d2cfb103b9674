import type { Assessment } from '@ballast/core';
import { aSnapshot, T0 } from '@ballast/testkit';
import { expect, it } from 'vitest';
import { requireFresh } from '../src/execution/fresh.ts';

const seen = { snapshot: aSnapshot({ takenAt: T0 }) } as Assessment;
const at = (now: number, leaptAt?: number) => ({
  now: () => now,
  sleep: () => Promise.resolve(),
  ...(leaptAt === undefined ? {} : { leaptAt: () => leaptAt }),
});

it('takes a look for fresh for a minute', () => {
  expect(() => requireFresh(seen, at(T0 + 60_000))).not.toThrow();
  expect(() => requireFresh(seen, at(T0 + 61_000))).toThrow(
    'Expected a look at the cluster from the last 60 s, got one from 61 s ago.',
  );
});

it('trusts no look from before the clock leapt: the machine may have been suspended since', () => {
  expect(() => requireFresh(seen, at(T0 + 5000, T0 - 1))).not.toThrow();
  expect(() => requireFresh(seen, at(T0 + 5000, T0 + 3000))).toThrow(
    'Expected a look at the cluster from the last 60 s, got one from before the clock was set.',
  );
});
