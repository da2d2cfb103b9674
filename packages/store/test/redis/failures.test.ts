import { readFileSync } from 'node:fs';
import { EMPTY_HISTORY } from '@ballast/core';
import { FULL_HISTORY } from '@ballast/testkit/conformance';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  connectRedis,
  parseRedisAddress,
  type RedisConnectionOptions,
  redisHistoryStore,
  redisLeaseStore,
} from '../../src/index.ts';
import { RedisServer } from './server.ts';

const OPERATIONS = new URL('../../../../docs/operations.md', import.meta.url);

describe('a Redis', () => {
  let server: RedisServer;
  beforeEach(async () => {
    server = await RedisServer.start();
  });
  afterEach(() => server.stop());

  const history = (options: Partial<RedisConnectionOptions> = {}): ReturnType<typeof redisHistoryStore> =>
    redisHistoryStore({ connection: server.connect(options), cluster: 'lab', onProblem: () => undefined });

  test('that is killed and comes back is used again by itself, and has what was saved', async () => {
    const store = history({ timeout: 1_000 });
    await store.save(FULL_HISTORY);
    await server.kill();
    await expect(store.load()).rejects.toMatchObject({
      code: 'store-redis-unreachable',
      message: expect.stringContaining(`Could not read the history: Redis at 127.0.0.1:${server.port} did not answer`),
    });
    await expect.poll(() => server.problems.length).toBe(1);
    await server.begin();
    await expect.poll(() => store.load().catch(() => undefined), { timeout: 10_000 }).toEqual(FULL_HISTORY);
    expect(server.problems).toHaveLength(1);
  });

  test('that hangs is given up in time', async () => {
    const store = history({ timeout: 700 });
    await store.save(EMPTY_HISTORY);
    server.signal('SIGSTOP');
    await expect(store.save(FULL_HISTORY)).rejects.toMatchObject({ code: 'store-redis-unreachable' });
    server.signal('SIGCONT');
  });

  test('asks for a password, and for rights', async () => {
    await server.admin.call('ACL', 'SETUSER', 'reader', 'on', '>right', '~ballast:*', '+info', '+eval', '+get');
    await server.admin.call('ACL', 'SETUSER', 'default', '>secret');
    const secrets = ['secret', 'right', 'wrong'];
    const rows = [
      [{}, 'store-redis-refused', 'user and password are not accepted'],
      [{ password: 'wrong' }, 'store-redis-refused', 'user and password are not accepted'],
      [{ username: 'reader', password: 'right' }, 'store-permission', 'the user may not do that'],
    ] as const;
    for (const [options, code, words] of rows) {
      const error = await history(options)
        .save(EMPTY_HISTORY)
        .catch((thrown: unknown) => thrown as Error);
      expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
      for (const secret of secrets) expect(String(error)).not.toContain(secret);
    }
    await history({ password: 'secret' }).save(FULL_HISTORY);
  });

  test('needs no more rights than docs/operations.md tells', async () => {
    const [rights = ''] = /(?<=>PASSWORD )~ballast:\* [+\w ]+/.exec(readFileSync(OPERATIONS, 'utf8')) ?? [];
    await server.admin.call('ACL', 'SETUSER', 'ballast', 'on', '>right', ...rights.split(' '));
    const options = { username: 'ballast', password: 'right' };
    const lease = redisLeaseStore(server.connect(options), 'lab');
    await lease.hold('one', 60_000);
    expect(await lease.hold('one', 60_000)).toMatchObject({ held: true });
    await lease.release('one');
    await server.admin.set('ballast:{lab}:history', 'damaged');
    expect(await history(options).load()).toEqual(EMPTY_HISTORY);
    await history(options).save(FULL_HISTORY);
  });

  test('without memory or as a replica says so, and keeps what was saved', async () => {
    const store = history();
    await store.save(FULL_HISTORY);
    await server.admin.config('SET', 'maxmemory', '1');
    await expect(store.save(EMPTY_HISTORY)).rejects.toMatchObject({ code: 'store-full' });
    await server.admin.config('SET', 'maxmemory', '0');
    await server.admin.replicaof('127.0.0.1', 1);
    await expect(store.save(EMPTY_HISTORY)).rejects.toMatchObject({ code: 'store-redis-refused' });
    await server.admin.replicaof('NO', 'ONE');
    expect(await store.load()).toEqual(FULL_HISTORY);
  });
});

test('a master is found through its Sentinel', async () => {
  const master = await RedisServer.start();
  const sentinel = await RedisServer.startSentinel();
  try {
    await sentinel.admin.call('SENTINEL', 'MONITOR', 'main', '127.0.0.1', String(master.port), '1');
    const url = `redis+sentinel://127.0.0.1:${sentinel.port}/main`;
    const lease = redisLeaseStore(master.connect({ url }), 'lab');
    expect(await lease.hold('one', 60_000)).toMatchObject({ held: true });
    expect(await master.admin.get('ballast:{lab}:lease')).toBe('one');
  } finally {
    await Promise.all([master.stop(), sentinel.stop()]);
  }
});

test('a Cluster holds lease and history of a cluster in one slot', async () => {
  const server = await RedisServer.start('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1');
  try {
    await server.admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await expect.poll(() => server.admin.call('CLUSTER', 'INFO'), { timeout: 10_000 }).toContain('cluster_state:ok');
    const connection = server.connect({ url: `redis+cluster://127.0.0.1:${server.port}` });
    const answer = await redisLeaseStore(connection, 'lab').hold('one', 60_000);
    const token = (): bigint | undefined => (answer.held ? answer.token : undefined);
    const store = redisHistoryStore({ connection, cluster: 'lab', token, onProblem: () => undefined });
    await store.save(FULL_HISTORY);
    expect(await store.load()).toEqual(FULL_HISTORY);
    await server.kill();
    const hurried = server.connect({ url: `redis+cluster://127.0.0.1:${server.port}`, timeout: 300 });
    await expect(redisLeaseStore(hurried, 'lab').hold('one', 1)).rejects.toMatchObject({
      code: 'store-redis-unreachable',
    });
  } finally {
    await server.stop();
  }
});

describe('the address of a Redis', () => {
  test.each([
    ['redis://r1', { kind: 'server', tls: false, hosts: [{ host: 'r1', port: 6379 }], database: 0 }],
    ['rediss://[fd00::1]:7000/3', { kind: 'server', tls: true, hosts: [{ host: 'fd00::1', port: 7000 }], database: 3 }],
    [
      'redis+sentinel://s1,s2:5/main',
      {
        kind: 'sentinel',
        tls: false,
        hosts: [
          { host: 's1', port: 26379 },
          { host: 's2', port: 5 },
        ],
        master: 'main',
        database: 0,
      },
    ],
    ['rediss+cluster://c1:7001', { kind: 'cluster', tls: true, hosts: [{ host: 'c1', port: 7001 }], database: 0 }],
  ])('%s', (url, address) => expect(parseRedisAddress(url)).toEqual(address));

  test.each([
    ['http://r1', 'Expected the address of a Redis to be one of redis://HOST:PORT/DATABASE'],
    ['redis://user:hush@r1', 'one without user and password, which have settings of their own (redis://[redacted]@r1)'],
    ['redis://r1:99999', 'HOST:PORT, got "r1:99999"'],
    ['redis://r1,r2', 'one server; several are redis+sentinel:// or redis+cluster://'],
    ['redis://r1/main', 'a number as the database, got "main"'],
    ['redis+sentinel://s1', 'the name of the master after the Sentinels, such as /mymaster'],
    ['redis+cluster://c1/2', 'no database: a Cluster has one alone'],
  ])('%s is refused', (url, words) => {
    const connect = (): unknown => connectRedis({ url, timeout: 1, onProblem: () => undefined });
    expect(connect).toThrow(words);
    expect(connect).not.toThrow('hush');
  });
});
