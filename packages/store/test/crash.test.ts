import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { seededRandom } from '@ballast/core';
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

test('kill -9 at any instant loses nothing that was acknowledged', async () => {
  const random = seededRandom(7);
  let acknowledged = 0;
  for (let kill = 0; kill < 6; kill++) {
    const saver = spawn(COMMAND[0], [...COMMAND.slice(1), place.directory, String(acknowledged)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    acknowledged = await killAfter(saver, 2 + Math.floor(random() * 12));
    const { nodes } = await place.open().load();
    // One more may have reached the disk than was told.
    expect([acknowledged, acknowledged + 1]).toContain(nodes['pve-1']?.roundsOver);
    expect(place.problems).toEqual([]);
    expect(await readdir(place.directory)).toEqual(['history.json']);
  }
});

/** Kills the process in its work after so many lines; returns the last number that it told. */
async function killAfter(saver: ChildProcess, lines: number): Promise<number> {
  if (saver.stdout === null) throw new Error('Expected the output to be piped.');
  let told = 0;
  let count = 0;
  const exit = once(saver, 'exit');
  for await (const line of createInterface({ input: saver.stdout })) {
    told = Number(line);
    if (++count === lines) saver.kill('SIGKILL');
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
    [...NAMESPACE, 'sh', script, place.directory, ...COMMAND, place.directory, '0', 'grow'],
    { encoding: 'utf8' },
  );
  const [kept, code, message, found, ...files] = output.trim().split('\n');
  expect(code).toBe('store-full');
  expect(message).toBe(`Could not save the history to ${place.path}: no space is left.`);
  expect(Number(kept)).toBeGreaterThan(1);
  expect(found).toBe(kept);
  expect(files).toEqual(['history.json']);
});
