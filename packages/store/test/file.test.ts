import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EMPTY_HISTORY, type History } from '@ballast/core';
import { FULL_HISTORY } from '@ballast/testkit/conformance';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aPlace, type Place } from './place.ts';

let place: Place;
beforeEach(async () => {
  place = await aPlace(join('var', 'lib', 'ballast'));
});
afterEach(() => place.remove());

async function put(text: string): Promise<void> {
  await mkdir(place.directory, { recursive: true });
  await writeFile(place.path, text);
}

const stored = (fields: object = {}): string =>
  JSON.stringify({ schema: 'ballast-history', version: 1, history: FULL_HISTORY, ...fields });
const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

test('makes missing directories with mode 700 and the file with 600', async () => {
  await place.open().save(FULL_HISTORY);
  expect(await mode(place.path)).toBe('600');
  expect(await mode(place.directory)).toBe('700');
  expect(await mode(dirname(place.directory))).toBe('700');
  expect(await readdir(place.directory)).toEqual(['history.json']);
});

test('does nothing to the disk before it is asked to, and nothing but look when it loads', async () => {
  const store = place.open();
  await expect(stat(place.directory)).rejects.toThrow('ENOENT');
  await store.load();
  await expect(stat(place.directory)).rejects.toThrow('ENOENT');
});

test('writes its name, its version and the history', async () => {
  await place.open().save(FULL_HISTORY);
  const { checksum, ...rest } = JSON.parse(await readFile(place.path, 'utf8'));
  expect(rest).toEqual(JSON.parse(stored()));
  expect(checksum).toMatch(/^[0-9a-f]{8}$/);
});

test('reads what a later addition put beside what it knows', async () => {
  await put(stored({ history: { ...FULL_HISTORY, mood: 'calm' }, writtenBy: 'ballast 9' }));
  expect(await place.open().load()).toEqual(FULL_HISTORY);
  expect(place.problems).toEqual([]);
});

describe('a file that cannot be read as a history is moved aside', () => {
  const zero = { cpu: 0, memory: 0 };
  const broken = (fields: object): string => stored({ history: { ...FULL_HISTORY, ...fields } });
  const cases: readonly (readonly [what: string, text: string, message: string])[] = [
    ['empty', '', 'it is empty'],
    ['zeros, as a crash of the host leaves', '\0'.repeat(40), 'it is no JSON, or was cut short'],
    ['cut short', stored().slice(0, 200), 'it is no JSON, or was cut short'],
    ['another list', '[]', 'it is no history of Ballast'],
    ['null', 'null', 'it is no history of Ballast'],
    ['of another program', '{"name":"left-pad","version":"1.0.0"}', 'it is no history of Ballast (schema: '],
    ['without a history', '{"schema":"ballast-history","version":1}', 'invalid input: '],
    ['a version below 1', stored({ version: 0 }), 'it is no history of Ballast (version: '],
    ['a weight of 7', broken({ weights: { 'shop/1': 7 } }), 'weights.shop/1: '],
    ['a guest with a name', broken({ guests: { web: { smoothed: zero, samples: 1, node: 'a' } } }), 'guests.web: '],
    ['an unknown outcome', broken({ moves: [{ ...FULL_HISTORY.moves[0], outcome: 'lost' }] }), 'moves.0.outcome: '],
  ];

  test.each(cases)('%s', async (_, text, message) => {
    await put(text);
    const store = place.open();
    expect(await store.load()).toEqual(EMPTY_HISTORY);
    expect(place.problems).toMatchObject([{ code: 'store-damaged', hint: expect.any(String) }]);
    expect(place.problems[0]?.message).toContain(`The history in ${place.path} cannot be read: ${message}`);
    expect(place.problems[0]?.message).toContain(`moved aside to ${place.path}.damaged-1; the history starts empty.`);
    expect(await readFile(`${place.path}.damaged-1`, 'utf8')).toBe(text);
    await store.save(FULL_HISTORY);
    expect(await place.open().load()).toEqual(FULL_HISTORY);
  });
});

test('the second damaged file leaves the first where it is', async () => {
  for (const text of ['one', 'two', 'three']) {
    await put(text);
    await place.open().load();
  }
  expect((await readdir(place.directory)).sort()).toEqual([1, 2, 3].map((n) => `history.json.damaged-${n}`));
  expect(await readFile(`${place.path}.damaged-2`, 'utf8')).toBe('two');
  expect(place.problems).toHaveLength(3);
});

test('a save that comes before any load moves a damaged file aside as well', async () => {
  await put('precious');
  await place.open().save(FULL_HISTORY);
  expect(await readFile(`${place.path}.damaged-1`, 'utf8')).toBe('precious');
  expect(place.problems).toHaveLength(1);
});

test('the file of a newer Ballast is neither read, nor moved, nor overwritten', async () => {
  const text = stored({ version: 2, history: { entirely: 'different' } });
  await put(text);
  const store = place.open();
  const refusal = {
    code: 'store-newer',
    message: `Expected the history in ${place.path} to have schema version 1 or less, got 2.`,
    hint: expect.stringContaining('A newer Ballast wrote it'),
  };
  await expect(store.load()).rejects.toMatchObject(refusal);
  await expect(store.save(FULL_HISTORY)).rejects.toMatchObject(refusal);
  await expect(place.open().save(FULL_HISTORY)).rejects.toMatchObject(refusal);
  expect(await readFile(place.path, 'utf8')).toBe(text);
  expect(await readdir(place.directory)).toEqual(['history.json']);
});

test('a history that could not be read back is not written', async () => {
  const store = place.open();
  await store.save(FULL_HISTORY);
  const broken: History = { ...FULL_HISTORY, weights: { 'shop/101': Number.NaN } };
  await expect(store.save(broken)).rejects.toMatchObject({
    code: 'store-invalid',
    message: expect.stringContaining('Could not save the history: weights.shop/101: '),
  });
  expect(await store.load()).toEqual(FULL_HISTORY);
});

test('what was saved before the newest stays beside it, and is used where that is damaged', async () => {
  const older: History = { ...FULL_HISTORY, weights: { 'shop/101': 0.5 } };
  for (const history of [EMPTY_HISTORY, older, FULL_HISTORY]) await place.open().save(history);
  expect((await readdir(place.directory)).sort()).toEqual(['history.json', 'history.json.previous']);
  await writeFile(place.path, (await readFile(place.path, 'utf8')).slice(0, -40));
  expect(await place.open().load()).toEqual(older);
  expect(place.problems).toMatchObject([
    {
      code: 'store-damaged',
      message: expect.stringContaining('the history goes on from the save before it.'),
      hint: expect.stringContaining('What the last save added is missing'),
    },
  ]);
});

test('where both are damaged it starts empty', async () => {
  for (const history of [EMPTY_HISTORY, FULL_HISTORY]) await place.open().save(history);
  for (const path of [place.path, `${place.path}.previous`]) await writeFile(path, '{"schema":');
  expect(await place.open().load()).toEqual(EMPTY_HISTORY);
});

describe('a checksum', () => {
  const changed = (text: string): string => text.replace('"roundsOver":12', '"roundsOver":13');

  test('tells of every changed character, though it is still a history', async () => {
    await place.open().save(FULL_HISTORY);
    const text = await readFile(place.path, 'utf8');
    expect(changed(text)).not.toBe(text);
    await writeFile(place.path, changed(text));
    expect(await place.open().load()).toEqual(EMPTY_HISTORY);
    expect(place.problems[0]?.message).toContain('its checksum tells that it was changed');
  });

  test('may be taken out by who edits by hand', async () => {
    await place.open().save(FULL_HISTORY);
    const text = await readFile(place.path, 'utf8');
    await writeFile(place.path, changed(text).replace(/"checksum":"[0-9a-f]{8}",/, ''));
    expect(await place.open().load()).not.toEqual(FULL_HISTORY);
    expect(place.problems).toEqual([]);
  });

  const aMember = fc.string().map((name) => `shop/${name}`);

  test('holds for all values that can be written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(aMember, fc.double({ min: 0, max: 1, noNaN: true })), async (weights) => {
        const history: History = { ...FULL_HISTORY, weights };
        await place.open().save(history);
        expect((await place.open().load()).weights).toEqual(weights);
        expect(place.problems).toEqual([]);
      }),
    );
  });
});

test('removes what a killed process left half-written, and nothing else', async () => {
  const gone = 2 ** 22 + 1; // above the largest pid of Linux
  await put(stored());
  await writeFile(`${place.path}.${gone}.tmp`, 'half');
  await writeFile(`${place.path}.${gone}.tmp.previous`, 'whole');
  await writeFile(`${place.path}.${process.pid}.tmp`, 'being written');
  await writeFile(join(place.directory, 'notes.tmp'), 'mine');
  expect(await place.open().load()).toEqual(FULL_HISTORY);
  expect((await readdir(place.directory)).sort()).toEqual(
    ['history.json', `history.json.${process.pid}.tmp`, 'notes.tmp'].sort(),
  );
});
