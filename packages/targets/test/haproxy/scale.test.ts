import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LARGEST, scaleWeights } from '../../src/haproxy/scale.ts';

test.each([
  { weights: [1, 0.5, 0.25], scaled: [256, 128, 64] },
  { weights: [0.5, 0.5], scaled: [256, 256] },
  { weights: [0.8, 0.2, 0], scaled: [256, 64, 1] },
  { weights: [0, 0], scaled: [1, 1] },
  { weights: [1, 1e-9], scaled: [256, 1] },
  { weights: [0.3], scaled: [256] },
  { weights: [], scaled: [] },
])('ready members of $weights get $scaled', ({ weights, scaled }) => {
  expect(scaleWeights(weights.map((weight) => ({ weight, state: 'ready' as const })))).toEqual(scaled);
});

test('a member that is drained may have nothing', () => {
  expect(
    scaleWeights([
      { weight: 0, state: 'drain' },
      { weight: 0.7, state: 'ready' },
    ]),
  ).toEqual([0, 256]);
});

const member = fc.record({
  weight: fc.double({ min: 0, max: 1, noNaN: true }),
  state: fc.constantFrom('ready' as const, 'drain' as const),
});

test('weights are integers of 0 to 256, in the order of what they stand for, and no ready member has nothing', () => {
  fc.assert(
    fc.property(fc.array(member, { minLength: 1, maxLength: 30 }), (members) => {
      const scaled = scaleWeights(members);
      members.forEach((a, i) => {
        const own = scaled[i] ?? -1;
        expect(Number.isInteger(own) && own >= (a.state === 'ready' ? 1 : 0) && own <= LARGEST).toBe(true);
        const more = members.map((b, j) => (a.state === b.state && a.weight < b.weight ? (scaled[j] ?? -1) : LARGEST));
        expect(own).toBeLessThanOrEqual(Math.min(...more));
      });
    }),
  );
});

test('shares are within half a step of what was decided', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }), (weights) => {
      const scaled = scaleWeights(weights.map((weight) => ({ weight, state: 'ready' as const })));
      const largest = Math.max(...weights);
      weights.forEach((weight, i) => {
        expect(Math.abs((scaled[i] ?? 0) - (weight / largest) * LARGEST)).toBeLessThanOrEqual(0.5);
      });
    }),
  );
});
