import { describe, expect, test } from 'vitest';
import { anAssignment } from '../support/assignments.ts';
import { aBackend, launched, targetAt } from '../support/launched.ts';
import { runtime, serverColumns, weightOf } from '../support/runtime.ts';

const wanted = [
  anAssignment('shop', [
    { guest: 1, name: 'web-01', weight: 1 },
    { guest: 2, name: 'web-02', weight: 0.5 },
  ]),
];

describe('states of servers on a real HAProxy', () => {
  test('a server that an administrator put into maintenance is left alone', async () => {
    const haproxy = await launched([aBackend(['web-01', 'web-02'])]);
    const target = targetAt(haproxy.socket);
    await runtime(haproxy, 'set server shop/web-02 state maint');

    const report = await target.apply(wanted);
    expect(report.changed).toMatchObject([{ handle: 'shop/web-01' }]);
    expect(report.problems).toEqual([
      {
        code: 'haproxy-maintenance',
        message:
          'Server shop/web-02 was put into maintenance; it is left alone. `set server shop/web-02 state ready` at the runtime socket takes it back.',
        service: 'shop',
        guest: 2,
      },
    ]);
    expect((await serverColumns(haproxy, 'shop', 'web-02'))[6]).toBe('1');
  });

  test('a server that is disabled in the configuration is left alone until it is taken back', async () => {
    const servers = [
      { name: 'web-01', port: 7001 },
      { name: 'web-02', port: 7002, keywords: 'disabled' },
    ];
    const haproxy = await launched([{ name: 'shop', servers }]);
    const target = targetAt(haproxy.socket);
    expect((await target.apply(wanted)).problems).toMatchObject([
      {
        code: 'haproxy-maintenance',
        message: expect.stringMatching(/^Server shop\/web-02 is disabled in haproxy.cfg; it is left alone\./),
      },
    ]);

    await runtime(haproxy, 'set server shop/web-02 state ready');
    expect(await target.apply(wanted)).toMatchObject({
      problems: [],
      changed: [{ handle: 'shop/web-02', after: 128 }],
    });
  });

  test('a drain that was set before Ballast started is undone', async () => {
    const haproxy = await launched([aBackend(['web-01', 'web-02'])]);
    await runtime(haproxy, 'set server shop/web-02 state drain');
    const report = await targetAt(haproxy.socket).apply(wanted);
    expect(report.problems).toEqual([]);
    expect((await serverColumns(haproxy, 'shop', 'web-02'))[6]).toBe('0');
  });

  test('a slow start does not count as a weight that was not taken', async () => {
    const servers = ['web-01', 'web-02'].map((name, i) => ({ name, port: 7001 + i, keywords: 'check slowstart 60s' }));
    const haproxy = await launched([{ name: 'shop', servers }]);
    const target = targetAt(haproxy.socket);
    expect((await target.apply(wanted)).problems).toEqual([]);
    expect(await target.apply(wanted)).toMatchObject({ changed: [], unchanged: 2, problems: [] });
  });

  test.each([
    { balance: 'static-rr', algorithm: 'static-rr' },
    { balance: 'source', algorithm: 'source' },
  ])('a backend that balances by $balance takes no weights, and says so', async ({ balance, algorithm }) => {
    const haproxy = await launched([aBackend(['web-01', 'web-02'], { balance })]);
    const { problems } = await targetAt(haproxy.socket).apply(wanted);
    // Once for the service, not for each of its members.
    expect(problems).toEqual([
      {
        code: 'haproxy-static-algorithm',
        message: `Backend "shop" balances by ${algorithm}, which takes no weights while HAProxy runs. Set \`balance roundrobin\` (or, for a hash, \`hash-type consistent\`) in that backend of haproxy.cfg.`,
        service: 'shop',
      },
    ]);
  });

  test('a hash that is consistent takes them', async () => {
    const haproxy = await launched([
      aBackend(['web-01', 'web-02'], { balance: 'source', lines: ['hash-type consistent'] }),
    ]);
    expect((await targetAt(haproxy.socket).apply(wanted)).problems).toEqual([]);
    expect(await weightOf(haproxy, 'shop', 'web-02')).toBe(128);
  });

  test('a server that follows the drain of another is said not to be ready', async () => {
    const servers = [
      { name: 'web-01', port: 7001, keywords: 'check' },
      { name: 'web-02', port: 7002, keywords: 'track shop/web-01' },
    ];
    const haproxy = await launched([{ name: 'shop', servers }]);
    await runtime(haproxy, 'set server shop/web-01 state drain');
    const follower = [anAssignment('shop', [{ guest: 2, name: 'web-02', weight: 1 }])];
    expect((await targetAt(haproxy.socket).apply(follower)).problems).toEqual([
      {
        code: 'haproxy-read-back',
        message:
          'Expected shop/web-02 to have weight 256, ready after it was set, got weight 256, drain. Something else sets this server too (an agent-check, a tracked server, a person); the next round tries again.',
        service: 'shop',
        guest: 2,
      },
    ]);
  });
});
