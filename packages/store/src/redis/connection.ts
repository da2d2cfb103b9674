import { setTimeout as pause } from 'node:timers/promises';
import type { Milliseconds } from '@ballast/core';
import { Cluster, Redis } from 'ioredis';
import { nameOfRedis, parseRedisAddress, type RedisAddress } from './address.ts';
import { redisError } from './errors.ts';

export interface RedisConnectionOptions {
  /** As {@link parseRedisAddress} reads it. */
  readonly url: string;
  /** A user of Redis's access lists; the default user where it is left out. */
  readonly username?: string;
  readonly password?: string;
  /** Of the Sentinels, where they ask for one. */
  readonly sentinelPassword?: string;
  /** Certificates of the authorities to trust, PEM. */
  readonly ca?: string;
  /** Longest wait for a connection, and for an answer. */
  readonly timeout: Milliseconds;
  /** Told of what the connection meets while nothing is asked of it. */
  readonly onProblem: (problem: Error) => void;
}

/** Longest pause between two tries to connect again. */
const LONGEST_PAUSE: Milliseconds = 1_000;

/** A connection to Redis. Connects when it is first asked, and again by itself whenever it was cut. */
export interface RedisConnection {
  /** For messages. */
  readonly name: string;
  /**
   * Runs a script of Lua, whole and by itself, on keys of one hash slot.
   * @throws {StoreError} `store-redis-unreachable`, `store-redis-refused`, `store-permission`, `store-full`
   */
  run(script: string, keys: readonly string[], args: readonly (string | number)[], doing: string): Promise<unknown>;
  close(): void;
}

/**
 * Connects to a Redis of version 6.2 or later. Does no I/O before it is first asked for something.
 * @throws {StoreError} `store-address`
 */
export function connectRedis(options: RedisConnectionOptions): RedisConnection {
  const address = parseRedisAddress(options.url);
  const client = clientOf(address, options);
  let last = '';
  client.on('error', (error: Error) => {
    // While a server is away each try fails alike: once is enough.
    if (error.message !== last) options.onProblem(redisError(address, 'reach it', error));
    last = error.message;
  });
  client.on('ready', () => {
    last = '';
  });
  return {
    name: nameOfRedis(address),
    run: async (script, keys, args, doing) => {
      try {
        return await inTime(client.eval(script, keys.length, ...keys, ...args), options.timeout);
      } catch (cause) {
        throw redisError(address, doing, cause);
      }
    },
    close: () => client.disconnect(),
  };
}

function clientOf(address: RedisAddress, options: RedisConnectionOptions): Redis | Cluster {
  const { tls, hosts, master, database } = address;
  const { username, password, sentinelPassword, ca, timeout } = options;
  const secured = tls ? { tls: ca === undefined ? {} : { ca } } : {};
  const common = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...secured,
    lazyConnect: true,
    connectTimeout: timeout,
    commandTimeout: timeout,
    // Who asks decides whether to ask again: a late answer to an old question is worth nothing.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times: number): Milliseconds => Math.min(50 * 2 ** times, LONGEST_PAUSE),
  };
  switch (address.kind) {
    case 'server':
      return new Redis({ ...hosts[0], ...common, db: database });
    case 'sentinel':
      return new Redis({
        ...common,
        sentinels: [...hosts],
        name: master ?? '',
        ...(sentinelPassword !== undefined && { sentinelPassword }),
        enableTLSForSentinelMode: tls,
      });
    case 'cluster':
      return new Cluster([...hosts], {
        lazyConnect: true,
        redisOptions: common,
        clusterRetryStrategy: (times) => Math.min(50 * 2 ** times, LONGEST_PAUSE),
      });
  }
}

/** A Cluster of which no node answers keeps what is asked of it waiting for ever. */
async function inTime<T>(answer: Promise<T>, timeout: Milliseconds): Promise<T> {
  const late = new AbortController();
  const end = pause(timeout, undefined, { signal: late.signal }).then(() =>
    Promise.reject(new Error(`no answer within ${timeout} ms`)),
  );
  try {
    return await Promise.race([answer, end]);
  } finally {
    late.abort();
    end.catch(() => undefined);
    answer.catch(() => undefined);
  }
}
