import { join } from 'node:path';
import type { BallastError, HistoryStore } from '@ballast/core';
import { encode } from './codec.ts';
import { loadFile } from './load.ts';
import { replaceFile } from './replace.ts';

export interface FileHistoryStoreOptions {
  /** Made, with its parents, when it is missing. */
  readonly directory: string;
  /** Told of what was put right without failing: a damaged file that was moved aside. */
  readonly onProblem: (problem: BallastError) => void;
}

/**
 * Keeps the history in `history.json` of a directory. Does no I/O before it is asked to.
 *
 * - A save is on disk when its promise resolves, and is there whole or not at all, whatever happens in between.
 * - Loads and saves are carried out one by one in the order of their calls: the latest save wins.
 * - The directory is made with mode 0700, the file with 0600: what runs where is nobody else's business.
 * - A file that is damaged, or is not ours, is moved aside to `history.json.damaged-N` before anything is written, and
 *   `onProblem` is told.
 *
 * `load` and `save` throw a {@link StoreError}: `store-newer` where a newer Ballast wrote the file, which is neither
 * read nor overwritten; `store-permission`, `store-full`, `store-not-a-directory` and `store-io` from the file system;
 * `save` also `store-invalid` for a history that could not be read back.
 */
export function fileHistoryStore({ directory, onProblem }: FileHistoryStoreOptions): HistoryStore {
  const path = join(directory, 'history.json');
  let last: Promise<unknown> = Promise.resolve();
  let looked = false;
  const inOrder = <T>(task: () => Promise<T>): Promise<T> => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
  const load: HistoryStore['load'] = async () => {
    const history = await loadFile(path, onProblem);
    looked = true;
    return history;
  };
  return {
    load: () => inOrder(load),
    save: async (history) => {
      const text = encode(history);
      await inOrder(async () => {
        // Nothing is overwritten unseen: a newer Ballast's file is refused, a damaged one moved aside.
        if (!looked) await load();
        await replaceFile(path, text);
      });
    },
  };
}
