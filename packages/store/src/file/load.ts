import { link, readdir, readFile, rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { BallastError } from '@ballast/core';
import { errnoOf, fileSystemError, StoreError } from '../errors.ts';
import { decode } from './codec.ts';
import type { DocumentKind } from './kind.ts';
import { previousOf, removeLeftovers } from './replace.ts';

/**
 * Reads a document's file; an empty document where there is none. One that cannot be read is moved aside, and the one
 * that was saved before it is used, if that can be.
 */
export async function loadFile<T>(
  kind: DocumentKind<T>,
  path: string,
  onProblem: (problem: BallastError) => void,
): Promise<T> {
  const { noun, empty } = kind;
  const text = await read(noun, path);
  await removeLeftovers(path);
  if (text === undefined) return empty;
  try {
    const { value, version } = decode(kind, text, path);
    if (version < kind.version) await keepForOlder(noun, path, version);
    return value;
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'store-damaged') throw error;
    const previous = await readPrevious(kind, path);
    onProblem(damageReport(kind, error, await moveAside(noun, path), previous !== undefined));
    return previous === undefined ? empty : previous.value;
  }
}

/** The document that was saved before the newest one; undefined where it cannot be read either. */
async function readPrevious<T>(kind: DocumentKind<T>, path: string): Promise<{ readonly value: T } | undefined> {
  try {
    const text = await read(kind.noun, previousOf(path));
    return text === undefined ? undefined : decode(kind, text, previousOf(path));
  } catch {
    return undefined;
  }
}

function damageReport<T>(
  { noun, loss }: DocumentKind<T>,
  error: StoreError,
  aside: string,
  previous: boolean,
): StoreError {
  const rest = previous ? `the ${noun} goes on from the save before it` : `the ${noun} starts empty`;
  const consequence = previous ? 'What the last save added is missing' : loss;
  return new StoreError('store-damaged', `${error.message} It was moved aside to ${aside}; ${rest}.`, {
    cause: error.cause,
    hint: `${consequence}; put the file back from a copy while Ballast is stopped to go on from it.`,
  });
}

/** Leaves what an older Ballast wrote beside what will be written, so that it can be gone back to. */
async function keepForOlder(noun: string, path: string, version: number): Promise<void> {
  try {
    await link(path, `${path}.v${version}`);
  } catch (cause) {
    if (errnoOf(cause) !== 'EEXIST') throw fileSystemError(`keep the ${noun} in ${path} for an older Ballast`, cause);
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
