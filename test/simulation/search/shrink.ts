import { runScenario } from '../run.ts';
import type { Scenario } from '../scenario/types.ts';

/** A scenario that fails still, with as few faults as could be found. */
export interface Shrunk {
  readonly scenario: Scenario;
  readonly runs: number;
}

/** Leaves faults out for as long as the same judge finds the scenario guilty. */
export async function shrink(scenario: Scenario, judge: string): Promise<Shrunk> {
  let runs = 0;
  const faults = await smallest(scenario.faults, async (some) => {
    runs += 1;
    const { breaches } = await runScenario({ ...scenario, faults: some });
    return breaches.some((breach) => breach.judge === judge);
  });
  return { scenario: { ...scenario, faults }, runs };
}

/**
 * A part of a list that fails still, of which nothing can be left out: halves are left out first, then smaller parts, then
 * single ones (delta debugging; Zeller and Hildebrandt 2002).
 */
export async function smallest<T>(
  list: readonly T[],
  fails: (part: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let left = list;
  for (let parts = 2; left.length > 0; ) {
    const size = Math.ceil(left.length / parts);
    const without = await firstFailing(left, size, fails);
    if (without !== undefined) {
      left = without;
      parts = Math.max(2, parts - 1);
    } else if (size > 1) parts = Math.min(left.length, 2 * parts);
    else break;
  }
  return left;
}

/** The first way to leave a part out that fails still. */
async function firstFailing<T>(
  list: readonly T[],
  size: number,
  fails: (part: readonly T[]) => Promise<boolean>,
): Promise<readonly T[] | undefined> {
  for (let from = 0; from < list.length; from += size) {
    const rest = [...list.slice(0, from), ...list.slice(from + size)];
    if (await fails(rest)) return rest;
  }
  return undefined;
}
