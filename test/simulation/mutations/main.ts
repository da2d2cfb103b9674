import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runScenario } from '../run.ts';
import { scenarioOf } from '../scenario/scenario.ts';
import type { Failure } from '../search/search.ts';
import { work } from '../search/workers.ts';
import { copySources } from './copy.ts';
import { mutationNames, plant } from './patches.ts';

/** Seeds within which each bug has to be found. */
const MOST = 5000;

const { values } = parseArgs({ options: { mutation: { type: 'string' }, seeds: { type: 'string' } } });
const last = Number(/(\d+)$/.exec(values.seeds ?? '')?.[1] ?? MOST);
const names = values.mutation === undefined ? await mutationNames() : [values.mutation];
let missed = 0;
process.stdout.write(`${'mutation'.padEnd(28)} ${'seed'.padStart(5)}  found by\n`);
for (const name of names) {
  const found = await tryOut(name);
  if (found?.sound !== true) missed += 1;
  const row = found === undefined ? `not within ${last} seeds` : `${found.breach.judge}: ${found.breach.text}`;
  if (found?.sound === false) process.stdout.write(`${name}: seed ${found.seed} fails without the bug, too\n`);
  process.stdout.write(`${name.padEnd(28)} ${String(found?.seed ?? '-').padStart(5)}  ${row}\n`);
}
process.exitCode = missed === 0 ? 0 : 1;

interface Verdict extends Failure {
  /** The seed keeps every promise without the bug. */
  readonly sound: boolean;
}

/** The first seed at which the simulation finds a bug that is planted in a copy of the sources. */
async function tryOut(name: string): Promise<Verdict | undefined> {
  const copy = await copySources();
  try {
    await plant([name], copy);
    const share = { first: 1, last, step: 1, keepGoing: false };
    const { failures } = await work(share, path.join(copy, 'test/simulation/search/worker.ts'));
    const [failure] = failures;
    if (failure === undefined) return undefined;
    const { breaches } = await runScenario(scenarioOf(failure.seed));
    return { ...failure, sound: breaches.length === 0 };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
