import { setTimeout as pause } from 'node:timers/promises';
import { EMPTY_HISTORY, type HistoryStore } from '@ballast/core';
import { FULL_HISTORY, historyStoreConformance, leaseStoreConformance } from '@ballast/testkit/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryLeaseStore, redisHistoryStore, redisLeaseStore } from '../../src/index.ts';
import { RedisServer } from './server.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server.stop());

let clusters = 0;
/** A name that no test before has used. */
const fresh = (): string => `cluster ${++clusters}`;

function historyOf(cluster: string, token?: () => bigint | undefined): HistoryStore {
  return redisHistoryStore({
    connection: server.connect(),
    cluster,
    onProblem: (problem) => server.problems.push(problem),
    ...(token !== undefined && { token }),
  });
}

historyStoreConformance('Redis', async () => {
  const cluster = fresh();
  return { open: () => historyOf(cluster), durable: true, remove: () => Promise.resolve() };
});

leaseStoreConformance('Redis', async () => {
  const cluster = fresh();
  return {
    open: () => redisLeaseStore(server.connect(), cluster),
    pass: async () => {
      // Whoever asks for a key makes Redis look whether it has run out; the long ones stay.
      const left = (): Promise<number> => server.admin.pttl(`ballast:{${cluster}}:lease`);
      for (let rest = await left(); rest >= 0 && rest < 1_000; rest = await left()) await pause(rest + 1);
    },
    remove: () => Promise.resolve(),
  };
});

leaseStoreConformance('the memory', async () => {
  let now = 0;
  const store = memoryLeaseStore(() => now);
  return {
    open: () => store,
    pass: async (duration) => {
      now += duration;
    },
    remove: () => Promise.resolve(),
  };
});

describe('a history in Redis', () => {
  test('is not saved by an operator that was replaced, and what its successor saved stays', async () => {
    const cluster = fresh();
    const lease = redisLeaseStore(server.connect(), cluster);
    const tokenOf = async (holder: string): Promise<bigint> => {
      const answer = await lease.hold(holder, 60_000);
      if (!answer.held) throw new Error('Expected the lease to be free.');
      return answer.token;
    };
    const first = await tokenOf('one');
    const paused = historyOf(cluster, () => first);
    await paused.save(EMPTY_HISTORY);
    await lease.release('one');
    const second = await tokenOf('two');
    await historyOf(cluster, () => second).save(FULL_HISTORY);
    await expect(paused.save(EMPTY_HISTORY)).rejects.toMatchObject({
      code: 'store-fenced',
      message: expect.stringMatching(/^Did not save the history to key .*: another operator leads by now\.$/),
    });
    expect(await historyOf(cluster).load()).toEqual(FULL_HISTORY);
  });

  test('that is damaged is moved aside, once for each time, and told of', async () => {
    const cluster = fresh();
    const key = `ballast:{${cluster}}:history`;
    for (const n of [1, 2]) {
      await server.admin.set(key, '{"schema":"ballast-hist');
      expect(await historyOf(cluster).load()).toEqual(EMPTY_HISTORY);
      expect(server.problems.at(-1)?.message).toContain(
        `The history in key ${key} of Redis at 127.0.0.1:${server.port} cannot be read: it is no JSON, or was cut short.`,
      );
      expect(await server.admin.get(`${key}:damaged-${n}`)).toBe('{"schema":"ballast-hist');
      expect(await server.admin.get(key)).toBeNull();
    }
  });

  test('of a newer Ballast is neither read nor overwritten', async () => {
    const cluster = fresh();
    const newer = JSON.stringify({ schema: 'ballast-history', version: 99, history: {} });
    await server.admin.set(`ballast:{${cluster}}:history`, newer);
    const store = historyOf(cluster);
    await expect(store.save(EMPTY_HISTORY)).rejects.toMatchObject({ code: 'store-newer' });
    expect(await server.admin.get(`ballast:{${cluster}}:history`)).toBe(newer);
  });

  test('of one cluster is not that of another', async () => {
    const [one, two] = [fresh(), fresh()];
    await historyOf(one).save(FULL_HISTORY);
    expect(await historyOf(two).load()).toEqual(EMPTY_HISTORY);
  });
});

test('the token grows even when Redis has lost everything', async () => {
  const cluster = fresh();
  const lease = redisLeaseStore(server.connect(), cluster);
  const before = await lease.hold('one', 60_000);
  await server.admin.del(`ballast:{${cluster}}:lease`, `ballast:{${cluster}}:token`);
  const after = await lease.hold('two', 60_000);
  if (!(before.held && after.held)) throw new Error('Expected the lease to be free.');
  expect(after.token).toBeGreaterThan(before.token);
});
