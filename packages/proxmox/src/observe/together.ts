/** Runs what `start` begins side by side; the first failure aborts the others. */
export async function together<T extends readonly unknown[] | []>(
  outer: AbortSignal | undefined,
  start: (signal: AbortSignal) => { readonly [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  const failed = new AbortController();
  const signal = outer === undefined ? failed.signal : AbortSignal.any([outer, failed.signal]);
  try {
    return await Promise.all(start(signal));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}
