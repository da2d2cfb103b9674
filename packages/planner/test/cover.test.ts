import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Aim, Choices } from '../src/engine/choices.ts';
import { cover } from '../src/engine/cover.ts';
import { leastCount } from '../src/engine/least.ts';

interface Choice {
  readonly of: number;
  readonly relief: readonly number[];
  readonly price: number;
  readonly moves: number;
}

const choice = (of: number, relief: readonly number[], price: number, moves = 1): Choice => ({
  of,
  relief,
  moves,
  price,
});

/** Choices as the engine has them: reliefs as shares of the need, needs of nothing left out. */
function columns(choices: readonly Choice[], need: readonly number[]): Choices {
  const asked = need.flatMap((amount, h) => (amount > 0 ? [{ amount, h }] : []));
  return {
    count: choices.length,
    needs: asked.length,
    relief: Float64Array.from(choices.flatMap(({ relief }) => asked.map(({ amount, h }) => (relief[h] ?? 0) / amount))),
    moves: Int32Array.from(choices, ({ moves }) => moves),
    price: Float64Array.from(choices, ({ price }) => price),
  };
}

function covering(choices: readonly Choice[], need: readonly number[], aim?: Aim): readonly Choice[] | undefined {
  return cover(columns(choices, need), aim)?.flatMap((i) => choices[i] ?? []);
}

const chosen = (found: readonly Choice[] | undefined): readonly number[] | undefined =>
  found?.map((one) => one.of).sort((a, b) => a - b);

describe('covering a need', () => {
  it('comes to an end where two and two cost the same but for the rounding of their sum', () => {
    const near = (of: number, relief: number, price: number): Choice => choice(of, [relief], price);
    const choices = [
      near(1, 0.49216227673300994, 1376355595.275903),
      near(2, 0.6152028459162618, 2792927325.5871224),
      near(3, 0.4604052698201316, 2749832621.087544),
      near(4, 0.6152028459162616, 2792927325.5871224),
      near(5, 0.4921622767330102, 1376355595.275903),
    ];
    const set = covering(choices, [1]);
    expect(set?.map(({ price }) => price).sort()).toEqual([1376355595.275903, 2792927325.5871224]);
  });

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
    expect(chosen(covering(choices, need))).toEqual(expected);
  });

  it('finds the fewest moves for one resource, and the least price of one or two of them', () => {
    const anyChoices = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 50 })), {
      maxLength: 9,
    });
    fc.assert(
      fc.property(anyChoices, fc.integer({ min: 1, max: 60 }), (pairs, need) => {
        const choices = pairs.map(([relief, price], i) => choice(i, [relief], price));
        const found = covering(choices, [need]);
        const best = bruteForce(choices, need);
        expect(found?.length).toBe(best?.moves);
        const exact = best !== undefined && best.moves <= 2 ? best.price : undefined;
        const price = found?.reduce((total, one) => total + one.price, 0);
        expect(price).toBe(exact ?? price);
      }),
      { numRuns: 1000 },
    );
  });

  it('proves how few choices can do for two needs at once', () => {
    const anyPair = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }));
    fc.assert(
      fc.property(fc.array(anyPair, { minLength: 1, maxLength: 9 }), anyPair, (reliefs, [a, b]) => {
        const need = [a + 1, b + 1];
        const choices = reliefs.map((relief, i) => choice(i, relief, 1));
        const found = bruteForce(choices, need);
        if (found === undefined) return;
        expect(leastCount(columns(choices, need))).toBe(found.moves);
        expect(covering(choices, need)).toHaveLength(found.moves);
      }),
      { numRuns: 1000 },
    );
  });

  it('finds the least price, or nearly, when that is the aim', () => {
    const anyChoices = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 50 })), {
      minLength: 4,
      maxLength: 9,
    });
    let [found, best] = [0, 0];
    fc.assert(
      fc.property(anyChoices, fc.integer({ min: 1, max: 60 }), (pairs, need) => {
        const choices = pairs.map(([relief, price], i) => choice(i, [relief], price));
        const least = leastPrice(choices, need);
        if (least === undefined) return;
        found += total(covering(choices, [need], 'cheapest') ?? []);
        best += least;
      }),
      { numRuns: 1000 },
    );
    expect(found).toBeGreaterThanOrEqual(best);
    expect(found).toBeLessThanOrEqual(1.03 * best);
  });
});

function total(set: readonly Choice[]): number {
  return set.reduce((sum, { price }) => sum + price, 0);
}

function subsets(choices: readonly Choice[], need: readonly number[]): readonly (readonly Choice[])[] {
  return Array.from({ length: 2 ** choices.length }, (_, bits) =>
    choices.filter((_, i) => (bits >> i) % 2 === 1),
  ).filter((set) => need.every((amount, h) => set.reduce((sum, { relief }) => sum + (relief[h] ?? 0), 0) >= amount));
}

function leastPrice(choices: readonly Choice[], need: number): number | undefined {
  const prices = subsets(choices, [need]).map(total);
  return prices.length === 0 ? undefined : Math.min(...prices);
}

/** The best of all subsets. */
function bruteForce(
  choices: readonly Choice[],
  need: number | readonly number[],
): { readonly moves: number; readonly price: number } | undefined {
  return subsets(choices, typeof need === 'number' ? [need] : need)
    .map((set) => ({ moves: set.length, price: total(set) }))
    .sort((a, b) => a.moves - b.moves || a.price - b.price)[0];
}
