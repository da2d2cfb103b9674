import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fairShares } from '../../src/world/share.ts';

const demand = fc.record({
  asked: fc.double({ min: 0, max: 64, noNaN: true }),
  weight: fc.integer({ min: 1, max: 32 }),
});

describe('fairShares', () => {
  it.each([
    { capacity: 10, demands: [2, 3], weights: [1, 1], want: [2, 3] },
    { capacity: 10, demands: [8, 8], weights: [1, 1], want: [5, 5] },
    { capacity: 10, demands: [2, 20, 20], weights: [1, 1, 1], want: [2, 4, 4] },
    { capacity: 12, demands: [20, 20], weights: [1, 2], want: [4, 8] },
    { capacity: 0, demands: [1, 2], weights: [1, 1], want: [0, 0] },
    { capacity: 5, demands: [], weights: [], want: [] },
  ])('shares $capacity among $demands by $weights', ({ capacity, demands, weights, want }) => {
    expect(fairShares(capacity, demands, weights)).toEqual(want.map((share) => expect.closeTo(share, 9)));
  });

  it('hands out all there is or all that is asked for, and leaves nobody worse off than its fair part', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 256, noNaN: true }),
        fc.array(demand, { maxLength: 20 }),
        (capacity, all) => {
          const asked = all.map((entry) => entry.asked);
          const weights = all.map((entry) => entry.weight);
          const got = fairShares(capacity, asked, weights);
          const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
          expect(sum(got)).toBeCloseTo(Math.min(capacity, sum(asked)), 6);
          got.forEach((share, i) => {
            const fair = (capacity * (weights[i] ?? 0)) / sum(weights);
            expect(share).toBeGreaterThanOrEqual(Math.min(asked[i] ?? 0, fair) - 1e-9);
            expect(share).toBeLessThanOrEqual((asked[i] ?? 0) + 1e-9);
          });
        },
      ),
    );
  });
});
