import { setImmediate } from 'node:timers/promises';
import type { Breach } from '../judges/court.ts';
import { runScenario } from '../run.ts';
import { scenarioOf } from '../scenario/scenario.ts';
import { Coverage } from './coverage.ts';

/** A seed at which a promise was broken. */
export interface Failure {
  readonly seed: number;
  readonly breach: Breach;
}

/** What a search over seeds came to. */
export interface Found {
  readonly seeds: number;
  readonly hours: number;
  readonly faults: number;
  /** The fewest faults that struck in one seed. */
  readonly fewest: number;
  readonly asked: number;
  readonly failures: readonly Failure[];
  readonly coverage: Coverage;
}

export interface SearchOptions {
  readonly seeds: Iterable<number>;
  /** Told after each seed; ends the search where it answers so. */
  readonly after?: (failures: readonly Failure[], seed: number) => boolean;
}

/** Runs one seed after the other. */
export async function search({ seeds, after }: SearchOptions): Promise<Found> {
  const coverage = new Coverage();
  const failures: Failure[] = [];
  const sum = { seeds: 0, hours: 0, faults: 0, asked: 0, fewest: Number.POSITIVE_INFINITY };
  for (const seed of seeds) {
    const { breaches, struck, asked, lasted } = await runScenario(scenarioOf(seed));
    coverage.add(struck);
    sum.seeds += 1;
    sum.hours += lasted / 3_600_000;
    sum.faults += struck.length;
    sum.fewest = breaches.length > 0 ? sum.fewest : Math.min(sum.fewest, struck.length);
    sum.asked += asked;
    const [breach] = breaches;
    if (breach !== undefined) failures.push({ seed, breach });
    if (after?.(failures, seed) === true) break;
    // A scenario keeps the process to itself: messages and signals are heard between two of them.
    await setImmediate();
  }
  return { ...sum, failures, coverage };
}

/** The whole numbers from `first` to `last`. */
export function* range(first: number, last: number, step = 1): Generator<number> {
  for (let seed = first; seed <= last; seed += step) yield seed;
}
