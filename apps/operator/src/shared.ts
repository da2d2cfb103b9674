import type { Config } from '@ballast/config';
import { describeError, type HistoryStore, type LeaseStore, type OrderStore } from '@ballast/core';
import {
  connectRedis,
  fileHistoryStore,
  fileOrderStore,
  type Hold,
  holdDirectory,
  redisHistoryStore,
  redisLeaseStore,
  redisOrderStore,
} from '@ballast/store';

/** What operators that stand by for each other have in common. */
export interface Shared {
  readonly lease: LeaseStore;
  /** The history, which is saved only while the token is the newest. */
  historyUnder(token: bigint): HistoryStore;
}

/** Where the history and the orders are kept. */
export interface Kept {
  readonly store: HistoryStore;
  readonly orders: OrderStore;
  /** Only where it is kept in a directory: takes the place of the one program that writes there. */
  readonly hold?: (who: string) => Promise<Hold>;
  /** Only where it is kept in a Redis. */
  readonly shared?: Shared;
  close(): void;
}

/** History and orders of a configuration: in its directory, or in its Redis. Does no I/O. */
export function keep({ cluster, state }: Config, warn: (message: string) => void): Kept {
  const onProblem = (problem: Error): void => warn(describeError(problem));
  const { directory, redis } = state;
  if (redis === undefined) {
    const options = { directory, onProblem };
    return {
      store: fileHistoryStore(options),
      orders: fileOrderStore(options),
      hold: (who) => holdDirectory(directory, who),
      close: () => undefined,
    };
  }
  const { lease: _, ...options } = redis;
  const connection = connectRedis({ ...options, onProblem });
  const given = { connection, cluster: cluster.name, onProblem };
  return {
    store: redisHistoryStore(given),
    orders: redisOrderStore(given),
    shared: {
      lease: redisLeaseStore(connection, cluster.name),
      historyUnder: (token) => redisHistoryStore({ ...given, token: () => token }),
    },
    close: () => connection.close(),
  };
}
