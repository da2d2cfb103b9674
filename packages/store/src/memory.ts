import { EMPTY_HISTORY, type History, type HistoryStore } from '@ballast/core';

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
