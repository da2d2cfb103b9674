import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Aim, type Choices, indices, meets, total } from '../src/engine/choices.ts';
import { improved } from '../src/engine/exchange.ts';

const anyChoice = fc.record({
  relief: fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })),
  moves: fc.integer({ min: 1, max: 3 }),
  price: fc.integer({ min: 1, max: 40 }),
});

const anyChoices = fc
  .tuple(fc.integer({ min: 1, max: 2 }), fc.array(anyChoice, { minLength: 4, maxLength: 11 }), fc.boolean())
  .map(
    ([needs, list, alike]): Choices => ({
      count: list.length,
      needs,
      relief: Float64Array.from(list.flatMap(({ relief }) => relief.slice(0, needs).map((amount) => amount / 100))),
      moves: Int32Array.from(list, ({ moves }) => (alike ? 1 : moves)),
      price: Float64Array.from(list, ({ price }) => price),
    }),
  )
  .filter((choices) => meets(choices, indices(choices.count)));

const subsets = (list: readonly number[], size: number): readonly (readonly number[])[] =>
  size === 0
    ? [[]]
    : list.flatMap((first, i) => subsets(list.slice(i + 1), size - 1).map((others) => [first, ...others]));

/** All sets that one exchange makes of this one, and that still meet the needs. */
function neighbours(
  choices: Choices,
  set: readonly number[],
  out: number,
  into: number,
): readonly (readonly number[])[] {
  const others = indices(choices.count).filter((i) => !set.includes(i));
  return subsets(set, out).flatMap((gone) =>
    subsets(others, into)
      .map((come) => [...set.filter((i) => !gone.includes(i)), ...come])
      .filter((next) => meets(choices, next)),
  );
}

const cost = ({ moves, price }: Choices, set: readonly number[], aim: Aim): number =>
  aim === 'fewest' ? total(moves, set) * 1e6 + total(price, set) : total(price, set);

describe('exchanging choices', () => {
  it.each([
    [
      'fewest',
      [
        [1, 0],
        [1, 1],
        [2, 2],
      ],
    ],
    [
      'cheapest',
      [
        [1, 0],
        [1, 1],
        [1, 2],
        [2, 1],
        [2, 2],
      ],
    ],
  ] as const)('with the aim %s ends where no exchange is better, groups or not', (aim, shapes) => {
    fc.assert(
      fc.property(anyChoices, (choices) => {
        const set = improved(choices, indices(choices.count), aim, true);
        expect(meets(choices, set)).toBe(true);
        const least = cost(choices, set, aim);
        for (const [out, into] of shapes) {
          for (const next of neighbours(choices, set, out, into)) {
            expect(cost(choices, next, aim)).toBeGreaterThanOrEqual(least);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
