import { describe, expect, it } from 'vitest';
import { ROOT } from './mutations/copy.ts';
import { mutationNames, plant } from './mutations/patches.ts';
import { REGRESSIONS } from './regressions/regressions.ts';
import { runScenario } from './run.ts';
import { scenarioOf } from './scenario/scenario.ts';
import { range, search } from './search/search.ts';
import { shrink, smallest } from './search/shrink.ts';

/** Seeds of each test; all together they are those that every change is held against. */
const SEEDS = 50;
/** Every scenario has so many faults that struck, at least. */
const FAULTS = 10;

describe('every promise is kept', () => {
  it.each(Array.from({ length: 10 }, (_, i) => 1 + i * SEEDS))(
    `in the ${SEEDS} scenarios from seed %i on`,
    async (first) => {
      const found = await search({ seeds: range(first, first + SEEDS - 1) });
      expect(found.failures).toEqual([]);
      expect(found.seeds).toBe(SEEDS);
      expect(found.fewest).toBeGreaterThanOrEqual(FAULTS);
    },
    120_000,
  );
});

it.each(REGRESSIONS)('what was mended stays so: $name', async ({ seed, faults }) => {
  const { breaches } = await runScenario({ ...scenarioOf(seed), faults });
  expect(breaches).toEqual([]);
});

async function traceOf(seed: number): Promise<readonly string[]> {
  const lines: string[] = [];
  await runScenario(scenarioOf(seed), (line) => lines.push(line));
  return lines;
}

it.each([1, 2, 3])('seed %i gives the same trace each time', async (seed) => {
  const first = await traceOf(seed);
  expect(first.length).toBeGreaterThan(100);
  expect(await traceOf(seed)).toEqual(first);
});

it('shrinks a list to the few that matter', async () => {
  const all = Array.from({ length: 16 }, (_, i) => i);
  const tried: number[] = [];
  const fails = async (some: readonly number[]): Promise<boolean> => {
    tried.push(some.length);
    return some.includes(3) && some.includes(11);
  };
  expect(await smallest(all, fails)).toEqual([3, 11]);
  expect(tried.length).toBeLessThan(60);
});

it('shrinks a scenario that never fails to none of its faults, and runs it', async () => {
  const { runs, scenario } = await shrink(scenarioOf(1), 'nobody');
  expect(scenario.faults).toEqual(scenarioOf(1).faults);
  expect(runs).toBeGreaterThan(1);
});

it('each planted bug still fits the sources', async () => {
  const names = await mutationNames();
  expect(names).toHaveLength(10);
  for (const name of names) await plant([name], ROOT, true);
});
