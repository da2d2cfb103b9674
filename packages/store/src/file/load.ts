import { readdir, readFile, rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { type BallastError, EMPTY_HISTORY, type History } from '@ballast/core';
import { errnoOf, fileSystemError, StoreError } from '../errors.ts';
import { decode } from './codec.ts';
import { removeLeftovers } from './replace.ts';

/** Reads a history file; an empty history where there is none, or none that can be read. */
export async function loadFile(path: string, onProblem: (problem: BallastError) => void): Promise<History> {
  const text = await read(path);
  await removeLeftovers(path);
  if (text === undefined) return EMPTY_HISTORY;
  try {
    return decode(text, path);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'store-damaged') throw error;
    const aside = await moveAside(path);
    onProblem(
      new StoreError('store-damaged', `${error.message} It was moved aside to ${aside}; the history starts empty.`, {
        cause: error.cause,
        hint: 'Cool-downs and weights start afresh; put the file back from a copy while Ballast is stopped to keep them.',
      }),
    );
    return EMPTY_HISTORY;
  }
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return undefined;
    throw fileSystemError(`read the history in ${path}`, cause);
  }
}

/** Renames the file to the first free `PATH.damaged-N`; nothing is ever overwritten. */
async function moveAside(path: string): Promise<string> {
  try {
    const taken = new Set(await readdir(dirname(path)));
    let n = 1;
    while (taken.has(`${basename(path)}.damaged-${n}`)) n++;
    await rename(path, `${path}.damaged-${n}`);
    return `${path}.damaged-${n}`;
  } catch (cause) {
    throw fileSystemError(`move the damaged history in ${path} aside`, cause);
  }
}
