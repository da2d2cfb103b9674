import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Hold, holdDirectory } from '../src/index.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ballast-hold-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const release = async (hold: Hold): Promise<void> => {
  if (hold.held) await hold.release();
};
const left = async (holder: unknown): Promise<void> =>
  writeFile(join(directory, 'holder.json'), JSON.stringify(holder));

describe('the place of who writes in a directory', () => {
  test('is one program’s, and the other is told whose', async () => {
    const first = await holdDirectory(directory, 'ballast-operator');
    expect(first.held).toBe(true);
    const told = { held: false, by: `ballast-operator (process ${process.pid})` };
    expect(await holdDirectory(directory, 'ballast rebalance')).toEqual(told);
    await release(first);
    expect((await holdDirectory(directory, 'ballast rebalance')).held).toBe(true);
  });

  test('is given to one of many that ask at once, and leaves one file', async () => {
    const asked = await Promise.all(Array.from({ length: 20 }, (_, i) => holdDirectory(directory, `program ${i}`)));
    expect(asked.filter(({ held }) => held)).toHaveLength(1);
    expect(await readdir(directory)).toEqual(['holder.json']);
  });

  test('is free once who had it was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const { pid } = child;
    const own = await holdDirectory(directory, 'another');
    const { born } = JSON.parse(await readFile(join(directory, 'holder.json'), 'utf8')) as { born: string };
    await release(own);
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const since = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    await left({ id: 'a', pid, born: `${born.split(' ')[0]} ${since}`, who: 'ballast-operator' });
    expect(await holdDirectory(directory, 'me')).toEqual({ held: false, by: `ballast-operator (process ${pid})` });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await holdDirectory(directory, 'me')).held).toBe(true);
  });

  test.each([
    [
      'the number of a process that is another one’s by now',
      { id: 'a', pid: process.pid, born: 'boot 1', who: 'an old one' },
    ],
    ['half a file', 'half'],
    ['a file of something else', { pid: 'me' }],
  ])('is not kept by %s', async (_what, holder) => {
    await left(holder);
    const hold = await holdDirectory(directory, 'me');
    expect(hold.held).toBe(true);
    expect(JSON.parse(await readFile(join(directory, 'holder.json'), 'utf8'))).toMatchObject({ who: 'me' });
    expect(await readdir(directory)).toEqual(['holder.json']);
  });

  test('is not given back twice: who has it next keeps it', async () => {
    const first = await holdDirectory(directory, 'first');
    await release(first);
    await holdDirectory(directory, 'first');
    await release(first);
    expect(await holdDirectory(directory, 'third')).toMatchObject({ held: false });
  });

  test('that cannot be taken says why', async () => {
    await writeFile(join(directory, 'file'), '');
    await expect(holdDirectory(join(directory, 'file'), 'me')).rejects.toMatchObject({ code: 'store-not-a-directory' });
  });
});
