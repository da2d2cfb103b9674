import { execFileSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startSimulator } from '@ballast/pve-simulator';
import { afterEach, expect, it } from 'vitest';
import { Watch } from './faults/watch.ts';
import { hotShop } from './faults/world.ts';
import { OperatorProcess, writeOperatorsConfig } from './operators.ts';

// The disk that holds the operator's state is full when a migration is due.

const PATIENCE = { timeout: 30_000, interval: 20 };
const NAMESPACE = ['unshare', '--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Whether a small file system can be mounted here, in a namespace of the test's own. */
function mountWorks(): boolean {
  try {
    const [program = '', ...args] = NAMESPACE;
    execFileSync(program, [...args, 'sh', '-c', 'mount -t tmpfs -o size=64k none /mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

it.runIf(mountWorks())('on a full disk nothing is migrated, and it goes on once there is room', async () => {
  const simulator = await startSimulator({ world: hotShop(), speed: 1 });
  closing.push(() => simulator.stop());
  const watch = new Watch(simulator);
  const watching = setInterval(() => watch.look(), 50);
  closing.push(() => clearInterval(watching));
  const state = (directory: string): string => `{ directory: ${directory}/state }`;
  const { file, remove } = await writeOperatorsConfig({ simulator, state });
  closing.push(remove);
  const directory = path.join(path.dirname(file), 'state');
  const script = path.join(path.dirname(file), 'full.sh');
  const full =
    'mkdir "$1" && mount -t tmpfs -o size=256k none "$1" && head -c 1m /dev/zero 2>&- > "$1/filler"; shift; exec "$@"';
  await writeFile(script, full);
  const operator = new OperatorProcess(file, [...NAMESPACE, 'sh', script, directory]);
  closing.push(() => operator.kill());

  const failures = (): readonly unknown[] => operator.logged.filter(({ code }) => code === 'store-full');
  await expect.poll(() => failures().length, PATIENCE).toBeGreaterThan(3);
  expect(failures()[0]).toMatchObject({ msg: expect.stringContaining('no space is left') });
  expect(watch.asked).toEqual([]);

  // The directory as the operator's own namespace has it.
  const seen = path.join(`/proc/${operator.pid}/root`, directory);
  await rm(path.join(seen, 'filler'));
  await expect.poll(() => watch.asked.length, PATIENCE).toBe(1);
  const guest = watch.asked[0]?.guest;
  const { history } = JSON.parse(await readFile(path.join(seen, 'history.json'), 'utf8'));
  expect(history.moves).toContainEqual(expect.objectContaining({ guest, outcome: 'running' }));
  expect(watch.broken).toEqual([]);
});
