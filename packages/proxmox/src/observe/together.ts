import { linked } from '../http/linked.ts';

/** Runs what `start` begins side by side; the first failure aborts the others. */
export function together<T extends readonly unknown[] | []>(
  outer: AbortSignal | undefined,
  start: (signal: AbortSignal) => { readonly [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  return linked([outer], async (own) => {
    try {
      return await Promise.all(start(own.signal));
    } catch (error) {
      own.abort(error);
      throw error;
    }
  });
}
