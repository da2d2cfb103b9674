import { setMaxListeners } from 'node:events';
import type { Underway } from './underway.ts';

/** What ends work: one signal, or what ends everything that is under way somewhere. */
type Ending = AbortSignal | Underway | undefined;

/** Like {@link under}, for work that many requests are part of. */
export function linked<T>(outer: readonly Ending[], work: (own: AbortController) => Promise<T>): Promise<T> {
  return under(outer, (own) => {
    // One listener for each request under it: many are no leak.
    setMaxListeners(0, own.signal);
    return work(own);
  });
}

/**
 * Runs `work` under a signal of its own that ends with any of the others. Unlike `AbortSignal.any` it lets go of
 * them afterwards: on Node 20 a signal that lives as long as the operator would keep a trace of every request.
 */
export async function under<T>(outer: readonly Ending[], work: (own: AbortController) => Promise<T>): Promise<T> {
  const own = new AbortController();
  const end = (event: Event): void => own.abort((event.target as AbortSignal).reason);
  for (const ending of outer) {
    if (ending === undefined) continue;
    if (!(ending instanceof AbortSignal)) ending.join(own);
    else if (ending.aborted) own.abort(ending.reason);
    else ending.addEventListener('abort', end, { once: true });
  }
  try {
    return await work(own);
  } finally {
    for (const ending of outer) {
      if (ending instanceof AbortSignal) ending.removeEventListener('abort', end);
      else ending?.leave(own);
    }
  }
}
