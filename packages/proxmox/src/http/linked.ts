import { setMaxListeners } from 'node:events';

/**
 * Runs `work` under a signal of its own that ends with any of the others. Unlike `AbortSignal.any` it lets go of
 * them afterwards: on Node 20 a signal that lives as long as the operator would keep a trace of every request.
 */
export async function linked<T>(
  outer: readonly (AbortSignal | undefined)[],
  work: (own: AbortController) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  // One listener for each request under it: many are no leak.
  setMaxListeners(0, own.signal);
  const links = outer.flatMap((signal) => {
    if (signal === undefined) return [];
    const end = (): void => own.abort(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
    return [() => signal.removeEventListener('abort', end)];
  });
  try {
    return await work(own);
  } finally {
    for (const unlink of links) unlink();
  }
}
