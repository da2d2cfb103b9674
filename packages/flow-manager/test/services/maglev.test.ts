import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hash64, type Share, SLOTS, type SlotTable, slotTable } from '../../src/index.ts';

const pool = (weights: readonly number[]): Share[] =>
  weights.map((weight, i) => ({ key: `10.9.0.${11 + i}|8080`, weight }));

function countsOf(table: SlotTable): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of table) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

const moved = (a: SlotTable, b: SlotTable): number => a.filter((key, slot) => key !== b[slot]).length;

/** What the shares alone ask to move, in slots, before anything is rounded. */
function leastMove(before: readonly Share[], after: readonly Share[]): number {
  const part = (shares: readonly Share[], key: string): number => {
    const total = shares.reduce((sum, { weight }) => sum + weight, 0);
    return ((shares.find((share) => share.key === key)?.weight ?? 0) / total) * SLOTS;
  };
  const keys = new Set([...before, ...after].map(({ key }) => key));
  return [...keys].reduce((sum, key) => sum + Math.abs(part(before, key) - part(after, key)), 0) / 2;
}

/** Weights none of which is below a slot's worth. */
const pools = fc.array(fc.integer({ min: 10, max: 40 }), { minLength: 2, maxLength: 25 }).map(pool);

describe('shares', () => {
  test('each member has its share, to one slot', () => {
    fc.assert(
      fc.property(pools, (shares) => {
        const counts = countsOf(slotTable(shares));
        const total = shares.reduce((sum, { weight }) => sum + weight, 0);
        for (const { key, weight } of shares) {
          expect(Math.abs((counts.get(key) ?? 0) - (weight / total) * SLOTS)).toBeLessThan(1);
        }
      }),
    );
  });

  test('any weights fill the table, and each member that has one has a slot', () => {
    const any = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-300, max: 1e300, noNaN: true })), {
      maxLength: 256,
    });
    fc.assert(
      fc.property(any.map(pool), (shares) => {
        const heavy = shares.filter(({ weight }) => weight > 0);
        const counts = countsOf(slotTable(shares));
        expect([...counts.keys()].sort()).toEqual(heavy.map(({ key }) => key).sort());
        expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(heavy.length > 0 ? SLOTS : 0);
      }),
      { numRuns: 50 },
    );
  });

  test('10:20:30:40', () => {
    const counts = countsOf(slotTable(pool([10, 20, 30, 40])));
    expect(Object.fromEntries(counts)).toEqual({
      '10.9.0.11|8080': 26,
      '10.9.0.12|8080': 51,
      '10.9.0.13|8080': 77,
      '10.9.0.14|8080': 102,
    });
  });
});

test('the order of the members does not matter, nor does their scale', () => {
  const shuffled = pools.chain((shares) =>
    fc.tuple(fc.constant(shares), fc.shuffledSubarray(shares, { minLength: shares.length })),
  );
  fc.assert(
    fc.property(shuffled, fc.constantFrom(0.25, 1, 8), ([shares, other], scale) => {
      const scaled = other.map(({ key, weight }) => ({ key, weight: weight * scale }));
      expect(slotTable(scaled)).toEqual(slotTable(shares));
    }),
  );
});

describe('what changes hands when shares change', () => {
  const chosen = pools.chain((shares) => fc.tuple(fc.constant(shares), fc.nat({ max: shares.length - 1 })));
  const changes: Record<string, (shares: readonly Share[], i: number) => readonly Share[]> = {
    'a member 10 % heavier': (shares, i) =>
      shares.map((share, j) => (i === j ? { ...share, weight: share.weight * 1.1 } : share)),
    'a member 50 % heavier': (shares, i) =>
      shares.map((share, j) => (i === j ? { ...share, weight: share.weight * 1.5 } : share)),
    'a member removed': (shares, i) => shares.filter((_, j) => j !== i),
    'a member added': (shares) => [...shares, { key: '10.9.9.9|8080', weight: 25 }],
    'other weights for all': (shares, i) =>
      shares.map((share, j) => ({ ...share, weight: share.weight * (0.8 + ((i + j * 7) % 5) / 10) })),
  };
  test.each(Object.entries(changes))('%s: no more than 1.5 times the least, but for one slot', (_, change) => {
    fc.assert(
      fc.property(chosen, ([shares, i]) => {
        const after = change(shares, i);
        const before = slotTable(shares);
        const table = slotTable(after, { previous: before });
        expect(moved(before, table)).toBeLessThanOrEqual(Math.max(1, 1.5 * leastMove(shares, after)));
      }),
    );
  });

  test('nothing, while the shares stay', () => {
    fc.assert(
      fc.property(chosen, ([shares, i]) => {
        const table = slotTable(shares, { previous: slotTable(shares.filter((_, j) => j !== i)) });
        expect(slotTable(shares, { previous: table })).toEqual(table);
      }),
    );
  });

  test('a chain of changes stays exact', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 10, max: 40 }), { minLength: 6, maxLength: 6 }), {
          minLength: 2,
          maxLength: 8,
        }),
        (rounds) => {
          let table: SlotTable = [];
          for (const weights of rounds) {
            table = slotTable(pool(weights), { previous: table });
            const total = weights.reduce((sum, weight) => sum + weight, 0);
            const counts = countsOf(table);
            for (const { key, weight } of pool(weights)) {
              expect(Math.abs((counts.get(key) ?? 0) - (weight / total) * SLOTS)).toBeLessThan(1);
            }
          }
        },
      ),
    );
  });
});

test('what is no pool is refused, by name', () => {
  const refusals = [
    () => slotTable([{ key: 'a', weight: Number.NaN }]),
    () => slotTable([{ key: 'a', weight: -1 }]),
    () => slotTable([...pool([1]), ...pool([1])]),
    () => slotTable(pool(Array.from({ length: 257 }, () => 1))),
    () => slotTable(pool([1]), { slots: 100 }),
  ];
  for (const refused of refusals) expect(refused).toThrowError(expect.objectContaining({ code: 'service.invalid' }));
});

test('tables and hashes are those of the golden file: another controller makes the same', async () => {
  const hashes = ['', 'a', 'b', '10.9.0.11|8080', 'shop', 'Übung'].map(
    (text) => `${JSON.stringify(text)} ${hash64(text).toString(16).padStart(16, '0')}`,
  );
  const tables = [[1], [1, 1], [10, 20, 30, 40], [1, 1, 1, 1, 1, 1, 1], [0.2, 0, 1, 0.65]].map((weights) => {
    const letters = slotTable(pool(weights)).map((key) => String.fromCharCode(54 + Number(key.slice(5, 7))));
    return `${weights.join(':')}\n${letters.join('').replaceAll(/.{64}/g, '$&\n')}`;
  });
  await expect(`${hashes.join('\n')}\n\n${tables.join('\n')}`).toMatchFileSnapshot('golden/maglev.txt');
});
