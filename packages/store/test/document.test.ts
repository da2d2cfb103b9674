import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BallastError } from '@ballast/core';
import { FULL_HISTORY } from '@ballast/testkit/conformance';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DocumentKind, documentStore, fileHistoryStore } from '../src/index.ts';

const TALLY: DocumentKind<bigint> = {
  noun: 'tally',
  file: 'tally.json',
  schema: 'ballast-tally',
  version: 3,
  empty: 0n,
  loss: 'The count starts afresh',
  toJson(tally) {
    if (tally < 0n) throw new Error('Expected a tally of 0 or more.');
    return String(tally);
  },
  fromJson(json) {
    if (typeof json !== 'string' || !/^\d+$/.test(json)) throw new Error('Expected digits.');
    return BigInt(json);
  },
};

let directory: string;
const problems: BallastError[] = [];
const options = (): Parameters<typeof fileHistoryStore>[0] => ({ directory, onProblem: (p) => problems.push(p) });

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ballast-document-'));
  problems.length = 0;
});
afterEach(() => rm(directory, { recursive: true }));

test('documents of two kinds stand beside each other, each in its own notation', async () => {
  const tally = documentStore(TALLY, options());
  expect(await tally.load()).toBe(0n);
  await tally.save(2n ** 64n);
  await fileHistoryStore(options()).save(FULL_HISTORY);
  expect((await readdir(directory)).sort()).toEqual(['history.json', 'tally.json']);
  const text = '{"schema":"ballast-tally","version":3,"checksum":"9e70d5a9","tally":"18446744073709551616"}\n';
  expect(await readFile(join(directory, 'tally.json'), 'utf8')).toBe(text);
  expect(await documentStore(TALLY, options()).load()).toBe(2n ** 64n);
});

test('what its own reader refuses is moved aside, in the words of the kind', async () => {
  const file = join(directory, 'tally.json');
  await writeFile(file, '{"schema":"ballast-tally","version":2,"tally":"many"}');
  expect(await documentStore(TALLY, options()).load()).toBe(0n);
  expect(problems).toMatchObject([
    {
      code: 'store-damaged',
      message: `The tally in ${file} cannot be read: Expected digits. It was moved aside to ${file}.damaged-1; the tally starts empty.`,
      hint: 'The count starts afresh; put the file back from a copy while Ballast is stopped to go on from it.',
    },
  ]);
});

test('what its own writer refuses is not written, and the one before stays', async () => {
  const store = documentStore(TALLY, options());
  await store.save(7n);
  await expect(store.save(-1n)).rejects.toMatchObject({
    code: 'store-invalid',
    message: 'Could not save the tally: Expected a tally of 0 or more.',
  });
  expect(await store.load()).toBe(7n);
});

test('the file of another kind is not taken for its own', async () => {
  await fileHistoryStore(options()).save(FULL_HISTORY);
  await writeFile(join(directory, 'tally.json'), await readFile(join(directory, 'history.json')));
  expect(await documentStore(TALLY, options()).load()).toBe(0n);
  expect(problems[0]?.message).toContain('it is no tally of Ballast (schema: ');
});

test('a file of an older version is brought to the newest, step by step, and kept for who goes back', async () => {
  const upgrades = {
    1: (json: unknown) => `${String(json)}0`,
    2: (json: unknown) => {
      if (json === 'none0') throw new Error('Expected a number.');
      return `${String(json)}1`;
    },
  };
  const kind = { ...TALLY, upgrades };
  const file = join(directory, 'tally.json');
  const old = '{"schema":"ballast-tally","version":1,"tally":"7"}';
  await writeFile(file, old);
  const store = documentStore(kind, options());
  expect(await store.load()).toBe(701n);
  await store.save(702n);
  expect(await readFile(`${file}.v1`, 'utf8')).toBe(old);
  expect(await documentStore(kind, options()).load()).toBe(702n);
  await writeFile(file, '{"schema":"ballast-tally","version":2,"tally":"5"}');
  expect(await documentStore(kind, options()).load()).toBe(51n);
  expect(problems).toEqual([]);
  await writeFile(file, '{"schema":"ballast-tally","version":1,"tally":"none"}');
  await documentStore(kind, options()).load();
  expect(problems[0]?.message).toContain('cannot be read: Expected a number.');
});
