import { join } from 'node:path';
import type { BallastError } from '@ballast/core';
import { inTurn } from '../order.ts';
import { encode } from './codec.ts';
import type { DocumentKind, DocumentStore } from './kind.ts';
import { loadFile } from './load.ts';
import { replaceFile } from './replace.ts';

export interface DocumentStoreOptions {
  /** Made, with its parents, when it is missing. */
  readonly directory: string;
  /** Told of what was put right without failing: a damaged file that was moved aside. */
  readonly onProblem: (problem: BallastError) => void;
}

/**
 * Keeps a document in its file of a directory. Does no I/O before it is asked to.
 *
 * - A save is on disk when its promise resolves, and is there whole or not at all, whatever happens in between.
 * - Loads and saves are carried out one by one in the order of their calls: the latest save wins.
 * - The directory is made with mode 0700, the file with 0600: what runs where is nobody else's business.
 * - What is saved carries a checksum. A file that is damaged, or is not ours, is moved aside to `FILE.damaged-N` before
 *   anything is written, and `onProblem` is told; the save before it (`FILE.previous`) is used, where that can be read.
 * - A file of an older version is read, brought to the newest by the kind's upgrades, and kept as `FILE.vN`.
 *
 * `load` and `save` throw a {@link StoreError}: `store-newer` where a newer Ballast wrote the file, which is neither
 * read nor overwritten; `store-permission`, `store-full`, `store-not-a-directory` and `store-io` from the file system;
 * `save` also `store-invalid` for a value that could not be read back.
 */
export function documentStore<T>(
  kind: DocumentKind<T>,
  { directory, onProblem }: DocumentStoreOptions,
): DocumentStore<T> {
  const path = join(directory, kind.file);
  const inOrder = inTurn();
  let looked = false;
  const load = async (): Promise<T> => {
    const value = await loadFile(kind, path, onProblem);
    looked = true;
    return value;
  };
  return {
    load: () => inOrder(load),
    save: async (value) => {
      const text = encode(kind, value);
      await inOrder(async () => {
        // Nothing is overwritten unseen: a newer Ballast's file is refused, a damaged one moved aside.
        if (!looked) await load();
        await replaceFile(kind.noun, path, text);
      });
    },
  };
}
