import { runScenario } from '../run.ts';
import { scenarioOf } from '../scenario/scenario.ts';
import type { Failure, Found } from './search.ts';
import { shrink } from './shrink.ts';

/** What a search came to, for a person. */
export function describeFound(found: Found, seconds: number): string {
  const { seeds, hours, faults, fewest, asked, failures, coverage } = found;
  const rate = `${(seeds / seconds).toFixed(1)} seeds and ${(hours / seconds).toFixed(2)} simulated hours a second`;
  const empty = coverage.empty;
  return [
    coverage.render(),
    empty.length === 0 ? 'no empty cell' : `${empty.length} empty cells: ${empty.join(', ')}`,
    `${seeds} seeds, ${hours.toFixed(0)} simulated hours in ${seconds.toFixed(0)} s: ${rate}`,
    `${faults} faults (${(faults / seeds).toFixed(1)} a seed, at least ${fewest}), ${asked} migrations asked for`,
    failures.length === 0 ? 'every promise was kept' : tally(failures),
  ].join('\n');
}

function tally(failures: readonly Failure[]): string {
  const judges = [...new Set(failures.map(({ breach }) => breach.judge))];
  return judges
    .map((judge) => {
      const seeds = failures.filter(({ breach }) => breach.judge === judge).map(({ seed }) => seed);
      return `BROKEN ${judge}: ${seeds.length} seeds (${seeds.slice(0, 12).join(', ')})`;
    })
    .join('\n');
}

/** A failure, shrunk to its fewest faults and traced, with the command that replays it. */
export async function describeFailure({ seed, breach }: Failure): Promise<string> {
  const { scenario, runs } = await shrink(scenarioOf(seed), breach.judge);
  const lines: string[] = [];
  await runScenario(scenario, (line) => lines.push(line));
  const { faults } = scenario;
  return [
    ...lines,
    `seed ${seed} breaks the promise of ${breach.judge}: ${breach.text}`,
    `${faults.length} of its faults are enough (found in ${runs} runs); the trace above is of them:`,
    ...faults.map((fault) => `  ${JSON.stringify(fault)}`),
    `npm run sim -- --seed ${seed} --trace`,
  ].join('\n');
}
