import { NO_ORDERS, type Orders } from '@ballast/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileOrderStore, redisOrderStore } from '../src/index.ts';
import { aPlace } from './place.ts';
import { RedisServer } from './redis/server.ts';

const ORDERS: Orders = {
  pause: { since: 1, until: 2, by: 'root@mgmt1', reason: 'a "reason"', weights: true, abort: true },
  drains: [{ node: 'pve1', since: 3, by: 'root@mgmt1' }],
  approvals: [{ plan: '3f2a', since: 4, until: 5, by: 'root@mgmt1' }],
  log: [
    { at: 1, by: 'root@mgmt1', kind: 'pause', until: 2, reason: 'a "reason"' },
    { at: 3, by: 'root@mgmt1', kind: 'drain', nodes: ['pve1'] },
    { at: 4, by: 'root@mgmt1', kind: 'approve', plan: '3f2a', until: 5 },
    { at: 6, by: 'root@mgmt1', kind: 'abort', guests: [101] },
  ],
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
