import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { EMPTY_HISTORY, type Milliseconds, seededRandom } from '@ballast/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aPlace, type Place } from './place.ts';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const SAVER = fileURLToPath(new URL('./processes/saver.ts', import.meta.url));
const COMMAND = [process.execPath, '--conditions=source', '--import', TSX, SAVER] as const;

let place: Place;
beforeEach(async () => {
  place = await aPlace();
});
afterEach(() => place.remove());

/** A thousand take half an hour or an hour, by what else the machine does: `KILLS=1000 npx vitest run packages/store/test/crash.test.ts`. */
const KILLS = Number(process.env['KILLS'] ?? 8);

test('kill -9 at any instant loses no intent that was recorded', { timeout: 10_000 * KILLS }, async () => {
  const random = seededRandom(7);
  let recorded = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const args = [...COMMAND.slice(1), place.directory];
    const saver = spawn(COMMAND[0], args, { stdio: ['ignore', 'pipe', 'inherit'] });
    // Anywhere in its work: from its first look at what is there to some twenty saves later.
    recorded = Math.max(recorded, await killAfter(saver, random() < 0.2, random() * 40));
    const { moves } = await place.open().load();
    expect(moves.map(({ guest }) => guest)).toEqual(moves.map((_, i) => i + 1));
    // One more may have reached the disk than was told.
    expect([recorded, recorded + 1]).toContain(moves.length);
    expect(place.problems).toEqual([]);
    recorded = moves.length;
    // What a week adds is forgotten by the operator, too.
    if (recorded > 500) {
      await place.open().save(EMPTY_HISTORY);
      recorded = 0;
    }
  }
});

/** Kills the process so long after its first line, or after its start; returns the last number that it told. */
async function killAfter(saver: ChildProcess, early: boolean, delay: Milliseconds): Promise<number> {
  if (saver.stdout === null) throw new Error('Expected the output to be piped.');
  let told = 0;
  const exit = once(saver, 'exit');
  const kill = (after: Milliseconds): unknown => setTimeout(() => saver.kill('SIGKILL'), after);
  // Starting takes a few hundred milliseconds.
  if (early) kill(250 + 10 * delay);
  for await (const line of createInterface({ input: saver.stdout })) {
    if (told === 0 && !early) kill(delay);
    told = Number(line);
  }
  await exit;
  return told;
}

/** Whether a small file system can be mounted here, in a namespace of the test's own. */
function mountWorks(): boolean {
  try {
    execFileSync('unshare', [...NAMESPACE, 'sh', '-c', 'mount -t tmpfs -o size=64k none /mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const NAMESPACE = ['--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];

test.runIf(mountWorks())('on a full disk a save fails, and what was saved before stays whole', async () => {
  const script = `${place.directory}.sh`;
  await writeFile(script, 'mkdir -p "$1" && mount -t tmpfs -o size=256k none "$1" && shift && exec "$@"');
  const output = execFileSync(
    'unshare',
    [...NAMESPACE, 'sh', script, place.directory, ...COMMAND, place.directory, 'grow'],
    { encoding: 'utf8' },
  );
  const [kept, code, message, found, ...files] = output.trim().split('\n');
  expect(code).toBe('store-full');
  expect(message).toBe(`Could not save the history to ${place.path}: no space is left.`);
  expect(Number(kept)).toBeGreaterThan(1);
  expect(found).toBe(kept);
  expect(files).toEqual(['history.json', 'history.json.previous']);
});
