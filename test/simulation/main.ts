import { parseArgs } from 'node:util';
import { runScenario } from './run.ts';
import { scenarioOf } from './scenario/scenario.ts';
import { describeFailure, describeFound } from './search/describe.ts';
import { searchWith } from './search/workers.ts';

const USAGE = `usage: npm run sim -- --seeds FIRST..LAST [--workers N] [--keep-going]
       npm run sim -- --seed N [--trace]
       npm run sim:mutations -- [--mutation NAME] [--seeds FIRST..LAST]`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    workers: { type: 'string', default: '1' },
    'keep-going': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

process.exitCode = await main().catch((error: Error) => {
  tell(error.message);
  // The other workers end with this process.
  process.exit(1);
});

async function main(): Promise<number> {
  const { seed, seeds, trace, workers } = values;
  if (seed !== undefined) return one(Number(seed), trace);
  const bounds = /^(\d+)\.\.(\d+)$/.exec(seeds ?? '');
  if (bounds === null || values.help) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const [first, last] = [Number(bounds[1]), Number(bounds[2])];
  const began = performance.now();
  const keepGoing = values['keep-going'];
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const found = await searchWith({ first, last, workers: Number(workers), keepGoing, tell, stop: stop.signal });
  const seconds = (performance.now() - began) / 1000;
  process.stdout.write(`${describeFound(found, seconds)}\n`);
  const [failure] = found.failures;
  if (failure !== undefined) process.stdout.write(`${await describeFailure(failure)}\n`);
  // A short run cannot strike everywhere.
  const thin = found.seeds > 5000 && found.coverage.empty.length > 0;
  return failure !== undefined || thin ? 1 : 0;
}

async function one(seed: number, trace: boolean): Promise<number> {
  const { breaches, struck } = await runScenario(scenarioOf(seed), trace ? write : undefined);
  const [breach] = breaches;
  if (breach === undefined) {
    write(`seed ${seed}: every promise was kept; ${struck.length} faults struck`);
    return 0;
  }
  write(await describeFailure({ seed, breach }));
  return 1;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
