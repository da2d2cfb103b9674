import { hasCode, ProxmoxError } from '../errors/proxmox-error.ts';

/** What was read, or why it could not be: a failure is a finding, and ends no examination. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ProxmoxError };

export async function attempt<T>(ask: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { ok: true, value: await ask() };
  } catch (error) {
    if (!(error instanceof ProxmoxError) || hasCode(error, 'proxmox-closed')) throw error;
    return { ok: false, error };
  }
}

export function known<T>(reading: Reading<T> | undefined): T | undefined {
  return reading?.ok ? reading.value : undefined;
}

/** Does `work` for each item, a few at a time: a cluster under diagnosis is not put under load. */
export async function inTurn<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  onDone: (done: number) => void = () => undefined,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) {
      results[at] = await work(items[at] as T);
      onDone(++done);
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
  return results;
}

const WIDTH = 6;
