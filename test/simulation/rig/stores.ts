import type { HistoryStore, LeaseStore, OrderStore } from '@ballast/core';
import { StoreError } from '@ballast/store';
import type { Agenda } from '../engine/agenda.ts';
import type { Process } from '../engine/process.ts';
import type { Calls } from './calls.ts';
import type { Disk } from './disk.ts';

export interface StoreParts {
  readonly process: Process;
  readonly disk: Disk;
  readonly agenda: Agenda;
  readonly calls: Calls;
}

/** The history of one process on the disk; under a token where there is one. Calls are carried out one by one. */
export function historyStore(parts: StoreParts, token?: bigint): HistoryStore {
  const { disk, calls, process } = parts;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
  return {
    load: () => inTurn(() => calls.store(process, 'load', () => JSON.parse(disk.text) as never)),
    save: (history) => {
      const text = JSON.stringify(history);
      return inTurn(() =>
        calls.store(process, 'save', () => {
          if (token !== undefined && token !== disk.token) throw fenced();
          calls.saving(process, history);
          disk.text = text;
          disk.history = history;
        }),
      );
    },
  };
}

export function orderStore({ process, disk, calls }: StoreParts): OrderStore {
  return {
    load: () => calls.store(process, 'orders', () => disk.orders),
    save: () => Promise.reject(new Error('The operator gives no orders.')),
  };
}

export function leaseStore({ process, disk, calls, agenda }: StoreParts): LeaseStore {
  return {
    hold: (holder, duration) =>
      calls.store(process, 'lease', () => {
        const before = disk.holder(agenda.now);
        if (before !== undefined && before !== holder) return { held: false, by: before } as const;
        if (before === undefined) disk.token += 1n;
        disk.lease = { by: holder, until: agenda.now + duration };
        return { held: true, token: disk.token } as const;
      }),
    release: (holder) =>
      calls.store(process, 'release', () => {
        if (disk.holder(agenda.now) === holder) disk.lease = undefined;
      }),
  };
}

function fenced(): StoreError {
  return new StoreError('store-fenced', 'Did not save the history: another operator leads by now.');
}
