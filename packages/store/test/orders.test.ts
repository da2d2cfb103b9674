import { NO_ORDERS, type Orders } from '@ballast/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileOrderStore, redisOrderStore } from '../src/index.ts';
import { aPlace } from './place.ts';
import { RedisServer } from './redis/server.ts';

const ORDERS: Orders = {
  pause: { since: 1, until: 2, by: 'root@mgmt1', reason: 'a "reason"', weights: true },
  drains: [{ node: 'pve1', since: 3, by: 'root@mgmt1' }],
};

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.stop());

describe.each(['a file', 'Redis'] as const)('orders in %s', (kind) => {
  test('are there for another process, and taken back', async () => {
    const place = await aPlace();
    const onProblem = (): void => undefined;
    const connection = redis.connect();
    const open = (): ReturnType<typeof fileOrderStore> =>
      kind === 'Redis'
        ? redisOrderStore({ connection, cluster: 'lab', onProblem })
        : fileOrderStore({ directory: place.directory, onProblem });
    try {
      expect(await open().load()).toEqual(NO_ORDERS);
      await open().save(ORDERS);
      expect(await open().load()).toEqual(ORDERS);
      await open().save(NO_ORDERS);
      expect(await open().load()).toEqual(NO_ORDERS);
    } finally {
      await place.remove();
    }
  });
});
