import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BallastError, HistoryStore } from '@ballast/core';
import { fileHistoryStore } from '../src/index.ts';

/** A directory of its own for one test, and what the stores in it had to tell. */
export interface Place {
  readonly directory: string;
  readonly path: string;
  readonly problems: readonly BallastError[];
  readonly open: () => HistoryStore;
  readonly remove: () => Promise<void>;
}

/** @param name the state directory below the temporary one; it is not made */
export async function aPlace(name = 'state'): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), 'ballast-store-'));
  const directory = join(root, name);
  const problems: BallastError[] = [];
  return {
    directory,
    path: join(directory, 'history.json'),
    problems,
    open: () => fileHistoryStore({ directory, onProblem: (problem) => problems.push(problem) }),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
