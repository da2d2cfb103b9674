import { EMPTY_HISTORY, type History, type HistoryStore, type Instant, type LeaseStore } from '@ballast/core';

/** Keeps the history for as long as the process lives: for dry runs, simulations and tests. */
export function memoryHistoryStore(initial: History = EMPTY_HISTORY): HistoryStore {
  let kept = structuredClone(initial);
  return {
    load: () => Promise.resolve(structuredClone(kept)),
    save: (history) => {
      kept = structuredClone(history);
      return Promise.resolve();
    },
  };
}

/** A lease among the operators of one process: for simulations and tests. `now` is the only clock that counts. */
export function memoryLeaseStore(now: () => Instant): LeaseStore {
  let token = 0n;
  let held: { readonly by: string; readonly until: Instant } | undefined;
  const current = (): typeof held => (held !== undefined && now() < held.until ? held : undefined);
  return {
    hold: (holder, duration) => {
      const before = current();
      if (before !== undefined && before.by !== holder) return Promise.resolve({ held: false, by: before.by });
      if (before === undefined) token += 1n;
      held = { by: holder, until: now() + duration };
      return Promise.resolve({ held: true, token });
    },
    release: (holder) => {
      if (current()?.by === holder) held = undefined;
      return Promise.resolve();
    },
  };
}
