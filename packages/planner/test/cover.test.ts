import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Choice, cover } from '../src/search/cover.ts';

const choice = (of: number, relief: readonly number[], price: number, moves = 1): Choice<number> => ({
  of,
  relief,
  moves,
  price,
});
const chosen = (found: readonly Choice<number>[] | undefined): readonly number[] | undefined =>
  found?.map((one) => one.of).sort((a, b) => a - b);

describe('covering a need', () => {
  it.each([
    ['nothing needed', [choice(1, [5], 1)], [0], []],
    ['not enough there', [choice(1, [5], 1), choice(2, [4], 1)], [10], undefined],
    ['the cheapest that is enough by itself', [choice(1, [9], 9), choice(2, [5], 3), choice(3, [6], 4)], [5], [2]],
    [
      'one dear before two cheap: moves come first',
      [choice(1, [9], 99), choice(2, [5], 1), choice(3, [4], 1)],
      [9],
      [1],
    ],
    [
      'a pair exchanged for a cheaper pair',
      [choice(1, [9], 50), choice(2, [8], 50), choice(3, [7], 1), choice(4, [6], 1)],
      [12],
      [3, 4],
    ],
    ['both resources at once', [choice(1, [9, 0], 1), choice(2, [0, 9], 1), choice(3, [6, 6], 9)], [5, 5], [3]],
    ['a group counts as its guests', [choice(1, [9], 1, 3), choice(2, [5], 5), choice(3, [4], 5)], [9], [2, 3]],
    ['ties by their order', [choice(1, [5], 1), choice(2, [5], 1)], [5], [1]],
  ] as const)('%s', (_, choices, need, expected) => {
    expect(chosen(cover(choices, need))).toEqual(expected);
  });

  it('finds the fewest moves for one resource, and the least price of one or two of them', () => {
    const anyChoices = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 50 })), {
      maxLength: 9,
    });
    fc.assert(
      fc.property(anyChoices, fc.integer({ min: 1, max: 60 }), (pairs, need) => {
        const choices = pairs.map(([relief, price], i) => choice(i, [relief], price));
        const found = cover(choices, [need]);
        const best = bruteForce(choices, need);
        expect(found?.length).toBe(best?.moves);
        const exact = best !== undefined && best.moves <= 2 ? best.price : undefined;
        const price = found?.reduce((total, one) => total + one.price, 0);
        expect(price).toBe(exact ?? price);
      }),
      { numRuns: 1000 },
    );
  });
});

/** The best of all subsets. */
function bruteForce(choices: readonly Choice<number>[], need: number): { moves: number; price: number } | undefined {
  let best: { moves: number; price: number } | undefined;
  for (let bits = 0; bits < 2 ** choices.length; bits++) {
    const set = choices.filter((_, i) => (bits >> i) % 2 === 1);
    if (set.reduce((total, one) => total + (one.relief[0] ?? 0), 0) < need) continue;
    const moves = set.length;
    const price = set.reduce((total, one) => total + one.price, 0);
    if (best === undefined || moves < best.moves || (moves === best.moves && price < best.price))
      best = { moves, price };
  }
  return best;
}
