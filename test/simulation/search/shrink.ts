import { runScenario } from '../run.ts';
import type { Fault } from '../scenario/fault.ts';
import type { Scenario } from '../scenario/types.ts';

/** A scenario that fails still, with as few faults as could be found. */
export interface Shrunk {
  readonly scenario: Scenario;
  readonly runs: number;
}

/**
 * Leaves faults out for as long as the same judge finds the scenario guilty: halves first, then smaller parts, then single
 * ones (delta debugging; Zeller and Hildebrandt 2002). No one of those that are left can be left out.
 */
export async function shrink(scenario: Scenario, judge: string): Promise<Shrunk> {
  let runs = 0;
  const fails = async (faults: readonly Fault[]): Promise<boolean> => {
    runs += 1;
    const { breaches } = await runScenario({ ...scenario, faults });
    return breaches.some((breach) => breach.judge === judge);
  };
  let faults = scenario.faults;
  for (let parts = 2; faults.length > 0; ) {
    const size = Math.ceil(faults.length / parts);
    const without = await firstFailing(faults, size, fails);
    if (without !== undefined) {
      faults = without;
      parts = Math.max(2, parts - 1);
    } else if (size > 1) parts = Math.min(faults.length, 2 * parts);
    else break;
  }
  return { scenario: { ...scenario, faults }, runs };
}

/** The first way to leave a part out that fails still. */
async function firstFailing(
  faults: readonly Fault[],
  size: number,
  fails: (faults: readonly Fault[]) => Promise<boolean>,
): Promise<readonly Fault[] | undefined> {
  for (let from = 0; from < faults.length; from += size) {
    const rest = [...faults.slice(0, from), ...faults.slice(from + size)];
    if (await fails(rest)) return rest;
  }
  return undefined;
}
