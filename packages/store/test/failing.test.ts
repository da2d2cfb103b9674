import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FULL_HISTORY } from '@ballast/testkit/conformance';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileSystemError } from '../src/errors.ts';
import { aPlace, type Place } from './place.ts';

let place: Place;
beforeEach(async () => {
  place = await aPlace();
});
afterEach(() => place.remove());

/** Runs as an ordinary user: no permission stops root. */
async function unprivileged<T>(run: () => Promise<T>): Promise<T> {
  const root = process.getuid?.() === 0;
  if (root) process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    if (root) process.seteuid?.(0);
  }
}

test('a directory that may not be written', async () => {
  await place.open().save(FULL_HISTORY);
  await chmod(place.path, 0o644);
  await chmod(place.directory, 0o755);
  await chmod(dirname(place.directory), 0o755);
  if (process.getuid?.() !== 0) await chmod(place.directory, 0o555);
  const store = place.open();
  expect(await unprivileged(() => store.load())).toEqual(FULL_HISTORY);
  await expect(unprivileged(() => store.save(FULL_HISTORY))).rejects.toMatchObject({
    name: 'StoreError',
    code: 'store-permission',
    message: `Could not save the history to ${place.path}: permission denied.`,
    hint: expect.stringContaining('state.directory'),
  });
  await chmod(place.directory, 0o755);
  expect(await place.open().load()).toEqual(FULL_HISTORY);
});

test('a file that may not be read', async () => {
  await place.open().save(FULL_HISTORY);
  await chmod(dirname(place.directory), 0o755);
  await chmod(place.directory, 0o755);
  await chmod(place.path, process.getuid?.() === 0 ? 0o600 : 0o000);
  await expect(unprivileged(() => place.open().load())).rejects.toMatchObject({
    code: 'store-permission',
    message: `Could not read the history in ${place.path}: permission denied.`,
  });
});

test('a damaged file that cannot be moved aside is not overwritten either', async () => {
  await mkdir(place.directory);
  await writeFile(place.path, 'precious');
  await chmod(dirname(place.directory), 0o755);
  await chmod(place.directory, process.getuid?.() === 0 ? 0o755 : 0o555);
  const store = place.open();
  const refusal = {
    code: 'store-permission',
    message: `Could not move the damaged history in ${place.path} aside: permission denied.`,
  };
  await expect(unprivileged(() => store.load())).rejects.toMatchObject(refusal);
  await expect(unprivileged(() => store.save(FULL_HISTORY))).rejects.toMatchObject(refusal);
  expect(await readFile(place.path, 'utf8')).toBe('precious');
  await chmod(place.directory, 0o755);
});

test('a file where the directory should be', async () => {
  await writeFile(place.directory, 'a file');
  const mixed = { code: 'store-not-a-directory', hint: expect.stringContaining('state.directory') };
  await expect(place.open().load()).rejects.toMatchObject(mixed);
  await expect(place.open().save(FULL_HISTORY)).rejects.toMatchObject(mixed);
});

test('a directory where the file should be', async () => {
  await mkdir(place.path, { recursive: true });
  const mixed = {
    code: 'store-not-a-directory',
    message: `Could not read the history in ${place.path}: a file and a directory are mixed up.`,
  };
  await expect(place.open().load()).rejects.toMatchObject(mixed);
  await expect(place.open().save(FULL_HISTORY)).rejects.toMatchObject(mixed);
});

test('a save that fails leaves no file behind, and the next one is carried out', async () => {
  const store = place.open();
  await store.save(FULL_HISTORY);
  await rm(place.directory, { recursive: true });
  await writeFile(place.directory, 'in the way');
  const failed = store.save(FULL_HISTORY);
  await expect(failed).rejects.toMatchObject({ code: 'store-not-a-directory' });
  await rm(place.directory);
  await store.save(FULL_HISTORY);
  expect(await readdir(place.directory)).toEqual(['history.json']);
});

describe('failures of the file system by their errno', () => {
  test.each([
    ['ENOSPC', 'store-full', 'no space is left'],
    ['EDQUOT', 'store-full', 'no space is left'],
    ['EFBIG', 'store-full', 'no space is left'],
    ['EACCES', 'store-permission', 'permission denied'],
    ['EPERM', 'store-permission', 'permission denied'],
    ['EROFS', 'store-permission', 'the file system is read-only'],
    ['ENOTDIR', 'store-not-a-directory', 'a file and a directory are mixed up'],
    ['EISDIR', 'store-not-a-directory', 'a file and a directory are mixed up'],
    ['EEXIST', 'store-not-a-directory', 'a file and a directory are mixed up'],
    ['EIO', 'store-io', 'EIO'],
  ])('%s is %s', (errno, code, words) => {
    const cause = Object.assign(new Error('as it was'), { code: errno });
    const error = fileSystemError('save the history to /x', cause);
    expect(error).toMatchObject({ code, message: `Could not save the history to /x: ${words}.`, cause });
    expect(error.hint).toMatch(/\.$/);
  });
});
