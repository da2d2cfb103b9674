import type { Monitor } from '@ballast/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { detectionWindow, judge, rampOf, unknownHealth } from '../../src/index.ts';

const monitor: Monitor = { type: 'tcp', delay: 1000, timeout: 500, maxRetries: 2, maxRetriesDown: 3 };

/** States after each result: + is a success, - a failure; ? unknown, U up, D down. */
function states(results: string): string {
  let health = unknownHealth(0);
  return results
    .split('')
    .map((result, i) => {
      health = judge(health, result === '+' ? { ok: true } : { ok: false, reason: 'refused' }, monitor, i);
      return { up: 'U', down: 'D', unknown: '?' }[health.state];
    })
    .join('');
}

test.each([
  ['+', 'U'],
  ['-', 'D'],
  ['+---', 'UUUD'],
  ['+--+---', 'UUUUUUD'],
  ['-++', 'DDU'],
  ['-+-++', 'DDDDU'],
  ['+---++---', 'UUUDDUUUD'],
])('%s makes %s', (results, expected) => {
  expect(states(results)).toBe(expected);
});

test('a state changes only after so many results in a row against it', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('+', '-'), minLength: 2, maxLength: 40 }), (results) => {
      const seen = states(results);
      for (let i = 1; i < seen.length; i++) {
        if (seen[i] === seen[i - 1]) continue;
        expect(results.slice(0, i + 1)).toMatch(seen[i] === 'D' ? /---$/ : /\+\+$/);
      }
    }),
  );
});

test('a member that returns ramps up; one that was never down has all of its weight', () => {
  const fresh = judge(unknownHealth(0), { ok: true }, monitor, 0);
  expect(rampOf(fresh, 0, 10_000)).toBe(1);
  let health = judge(unknownHealth(0), { ok: false, reason: 'refused' }, monitor, 0);
  expect(health).toMatchObject({ state: 'down', reason: 'refused' });
  health = judge(health, { ok: true }, monitor, 1000);
  health = judge(health, { ok: true }, monitor, 2000);
  expect(health).toEqual({ state: 'up', streak: 0, since: 2000, returned: true });
  expect([2000, 3000, 7000, 12_000, 90_000].map((now) => rampOf(health, now, 10_000))).toEqual([0.1, 0.1, 0.5, 1, 1]);
  expect(rampOf(health, 2000, 0)).toBe(1);
});

test('the detection window holds the last good probe, the failures, and the last time-out', () => {
  expect(detectionWindow(monitor)).toBe(3500);
  expect(detectionWindow({ ...monitor, timeout: 2000 })).toBe(8000);
});
