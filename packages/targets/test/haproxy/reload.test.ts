import { expect, test } from 'vitest';
import { anAssignment } from '../support/assignments.ts';
import { aBackend, launched, targetAt } from '../support/launched.ts';
import { proxyTo } from '../support/proxy.ts';
import { runtime, weightOf } from '../support/runtime.ts';

const wanted = [
  anAssignment('shop', [
    { guest: 1, name: 'web-01', weight: 1 },
    { guest: 2, name: 'web-02', weight: 0.25 },
    { guest: 3, name: 'web-03', weight: 0.5, state: 'drain' },
  ]),
];

test('a reload loses the weights, and the next apply sets them again', async () => {
  const haproxy = await launched([aBackend(['web-01', 'web-02', 'web-03'])]);
  const target = targetAt(haproxy.socket);
  await target.apply(wanted);
  expect(await weightOf(haproxy, 'shop', 'web-02')).toBe(64);

  await haproxy.reload();
  expect(await weightOf(haproxy, 'shop', 'web-02')).toBe(1);

  const report = await target.apply(wanted);
  expect(report.problems).toEqual([]);
  expect(report.changed).toMatchObject([
    { handle: 'shop/web-01', before: 1, after: 256 },
    { handle: 'shop/web-02', before: 1, after: 64 },
    { handle: 'shop/web-03', before: 1, after: 128, state: 'drain' },
  ]);
  expect(await weightOf(haproxy, 'shop', 'web-02')).toBe(64);
});

test('a reload between the writes and the reading back is noticed, and all is done again', async () => {
  const haproxy = await launched([aBackend(['web-01', 'web-02', 'web-03'])]);
  let reloads = 0;
  const proxy = await proxyTo(haproxy.socket.path, async (sent) => {
    if (sent.includes('set server') && reloads++ === 0) await haproxy.reload();
  });
  const report = await targetAt(proxy.address).apply(wanted);
  expect(reloads).toBe(2);
  expect(report).toMatchObject({
    problems: [],
    unchanged: 0,
    changed: [{ after: 256 }, { after: 64 }, { after: 128 }],
  });
  expect(await weightOf(haproxy, 'shop', 'web-02')).toBe(64);
});

test('reloads while weights are applied: one apply after the last of them holds', async () => {
  const haproxy = await launched([aBackend(['web-01', 'web-02', 'web-03'])]);
  const target = targetAt(haproxy.socket);
  let reloading = true;
  const reloads = (async () => {
    for (let i = 0; i < 5; i++) await haproxy.reload();
    reloading = false;
  })();
  while (reloading) {
    const report = await target.apply(wanted);
    // A process that is going may be met, and is said to be going; nothing else may go wrong.
    for (const { code } of report.problems) expect(['haproxy-stopping', 'haproxy-connection-lost']).toContain(code);
  }
  await reloads;

  expect((await target.apply(wanted)).problems).toEqual([]);
  expect(await weightOf(haproxy, 'shop', 'web-02')).toBe(64);
  expect(await target.apply(wanted)).toMatchObject({ changed: [], unchanged: 3, problems: [] });
});

test('a reload brings a server that was missing', async () => {
  const haproxy = await launched([aBackend(['web-01', 'web-02'])]);
  const target = targetAt(haproxy.socket);
  expect((await target.apply(wanted)).problems).toMatchObject([{ code: 'haproxy-unknown-server', guest: 3 }]);
  await haproxy.reload([aBackend(['web-01', 'web-02', 'web-03'])]);
  expect(await target.apply(wanted)).toMatchObject({ problems: [], unchanged: 0 });
});

test('a connection that was closed between two rounds is opened again', async () => {
  const haproxy = await launched([aBackend(['web-01', 'web-02', 'web-03'])]);
  const proxy = await proxyTo(haproxy.socket.path);
  const target = targetAt(proxy.address);
  await target.apply(wanted);
  await target.apply(wanted);
  expect(proxy.connections()).toBe(1);

  proxy.cut();
  expect(await target.apply(wanted)).toMatchObject({ changed: [], unchanged: 3, problems: [] });
  expect(proxy.connections()).toBe(2);
});

test('a HAProxy that was stopped is a problem until it is back', async () => {
  const haproxy = await launched([aBackend(['web-01', 'web-02', 'web-03'])]);
  const proxy = await proxyTo(haproxy.socket.path);
  const target = targetAt(proxy.address);
  await target.apply(wanted);
  await haproxy.stop();
  expect(await target.apply(wanted)).toMatchObject({ changed: [], problems: [{ code: 'haproxy-connection-lost' }] });
  await expect(target.read(wanted)).rejects.toMatchObject({ code: 'haproxy-connection-lost' });
});

test('a weight that somebody else set is put right', async () => {
  const haproxy = await launched([aBackend(['web-01', 'web-02', 'web-03'])]);
  const target = targetAt(haproxy.socket);
  await target.apply(wanted);
  await runtime(haproxy, 'set server shop/web-02 weight 7');
  expect((await target.apply(wanted)).changed).toMatchObject([{ handle: 'shop/web-02', before: 7, after: 64 }]);
});
