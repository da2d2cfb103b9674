import { readdir, readFile, rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { BallastError } from '@ballast/core';
import { errnoOf, fileSystemError, StoreError } from '../errors.ts';
import { decode } from './codec.ts';
import type { DocumentKind } from './kind.ts';
import { removeLeftovers } from './replace.ts';

/** Reads a document's file; an empty document where there is none, or none that can be read. */
export async function loadFile<T>(
  kind: DocumentKind<T>,
  path: string,
  onProblem: (problem: BallastError) => void,
): Promise<T> {
  const { noun, loss, empty } = kind;
  const text = await read(noun, path);
  await removeLeftovers(path);
  if (text === undefined) return empty;
  try {
    return decode(kind, text, path);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'store-damaged') throw error;
    const aside = await moveAside(noun, path);
    onProblem(
      new StoreError('store-damaged', `${error.message} It was moved aside to ${aside}; the ${noun} starts empty.`, {
        cause: error.cause,
        hint: `${loss}; put the file back from a copy while Ballast is stopped to go on from it.`,
      }),
    );
    return empty;
  }
}

async function read(noun: string, path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return undefined;
    throw fileSystemError(`read the ${noun} in ${path}`, cause);
  }
}

/** Renames the file to the first free `PATH.damaged-N`; nothing is ever overwritten. */
async function moveAside(noun: string, path: string): Promise<string> {
  try {
    const taken = new Set(await readdir(dirname(path)));
    let n = 1;
    while (taken.has(`${basename(path)}.damaged-${n}`)) n++;
    await rename(path, `${path}.damaged-${n}`);
    return `${path}.damaged-${n}`;
  } catch (cause) {
    throw fileSystemError(`move the damaged ${noun} in ${path} aside`, cause);
  }
}
