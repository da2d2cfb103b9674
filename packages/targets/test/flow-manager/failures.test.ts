import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TargetReport } from '@ballast/core';
import { holdMember, putService, putWeights, releaseMember } from '@ballast/flow-manager';
import { VirtualClock } from '@ballast/testkit';
import { afterEach, expect, test } from 'vitest';
import { anAssignment } from '../support/assignments.ts';
import { aTarget, type RunningFlowManager, startFlowManager } from './support.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function running(parts: Parameters<typeof startFlowManager>[0] = {}): Promise<RunningFlowManager> {
  const manager = await startFlowManager(parts);
  closing.push(manager.stop);
  return manager;
}

/** A peer that is no flow manager. */
async function aPeer(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const guest = (
  id: number,
  weight = 1,
  state: 'ready' | 'drain' = 'ready',
): Parameters<typeof anAssignment>[1][number] => ({
  guest: id,
  name: `guest-${id}`,
  weight,
  state,
});
const problems = ({ problems: all }: TargetReport): unknown =>
  all.map(({ code, service, guest: id }) => [code, service, id]);

test('a service and a member that are not there are named with the nearest, and the others are applied', async () => {
  const { url } = await running();
  const report = await aTarget(url).apply([
    anAssignment('shpo', [guest(1)]),
    anAssignment('shop', [guest(1, 0.5), guest(22, 0.5)]),
    anAssignment('pay', [guest(11, 0.25), guest(12)]),
  ]);
  expect(report.changed.map(({ handle, before, after }) => [handle, before, after])).toEqual([
    ['shop/1', 1, 0.5],
    ['pay/11', 1, 0.25],
  ]);
  expect(report.unchanged).toBe(1);
  expect(report.problems).toEqual([
    {
      code: 'flow-manager-unknown-service',
      service: 'shpo',
      message: expect.stringContaining('There is no service "shpo"; nearest: shop.'),
    },
    {
      code: 'flow-manager-unknown-member',
      service: 'shop',
      guest: 22,
      message: expect.stringContaining('Service "shop" of the flow manager has no member 22 (guest-22); nearest: 2, '),
    },
  ]);
  expect(await aTarget(url).read([anAssignment('shpo', [guest(1)])])).toEqual([]);
});

test('a service may have another name at the flow manager', async () => {
  const { url, registry } = await running();
  const report = await aTarget(url).apply([anAssignment('web', [guest(11, 0.5)], { service: 'pay' })]);
  expect(report).toMatchObject({
    problems: [],
    changed: [{ service: 'web', guest: 11, handle: 'pay/11', after: 0.5 }],
  });
  expect(registry().state.services.get('pay')?.service.members[0]?.weight).toBe(0.5);
  const wrong = await aTarget(url).apply([anAssignment('web', [guest(11)], { sevice: 'pay' })]);
  expect(wrong.problems[0]?.message).toBe("Unknown key 'sevice'; did you mean 'service'?");
});

test('who led before is refused once the new leader has written, though there was nothing to change', async () => {
  const { url, registry } = await running();
  const before = aTarget(url, { fencing: () => 4n });
  const after = aTarget(url, { fencing: () => 5n });
  const table = [anAssignment('shop', [guest(1, 0.5), guest(2)])];
  expect((await before.apply(table)).problems).toEqual([]);
  expect(await after.apply(table)).toMatchObject({ changed: [], unchanged: 2, problems: [] });
  const late = await before.apply([anAssignment('shop', [guest(1, 0.9), guest(2)])]);
  expect(late).toMatchObject({ changed: [], problems: [{ code: 'flow-manager-stale-token', service: 'shop' }] });
  expect(late.problems[0]?.message).toContain('Expected a fencing token of 5 or newer for "shop", got 4.');
  expect(registry().state.services.get('shop')?.service.members[0]?.weight).toBe(0.5);
});

test('a member that a person drained there is a problem and stays drained; its weight is set', async () => {
  const { url, registry } = await running();
  registry().change((state) => holdMember(state, 'shop', 2));
  const target = aTarget(url);
  const table = [anAssignment('shop', [guest(1), guest(2, 0.5)])];
  const first = await target.apply(table);
  expect(first).toMatchObject({ changed: [{ guest: 2, after: 0.5, state: 'drain' }], unchanged: 1 });
  expect(problems(first)).toEqual([['flow-manager-held', 'shop', 2]]);
  const second = await target.apply(table);
  expect(second).toMatchObject({ changed: [], unchanged: 1, problems: [{ code: 'flow-manager-held' }] });
  const drained = await target.apply([anAssignment('shop', [guest(2, 0.5, 'drain')])]);
  expect(drained).toMatchObject({ changed: [], unchanged: 1, problems: [] });
  registry().change((state) => releaseMember(state, 'shop', 2));
  expect((await target.apply(table)).problems).toEqual([]);
});

test('a weight that somebody else changes between writing and reading back is told', async () => {
  const { url, registry } = await running();
  let meddled = false;
  registry().onChange(() => {
    if (meddled) return;
    meddled = true;
    registry().change((state) => putWeights(state, 'shop', { members: [{ guest: 1, weight: 0.125 }] }));
  });
  const report = await aTarget(url).apply([anAssignment('shop', [guest(1, 0.5), guest(2, 0.75)])]);
  expect(report.changed.map(({ guest: id }) => id)).toEqual([2]);
  expect(report.problems[0]).toMatchObject({ code: 'flow-manager-read-back', guest: 1 });
  expect(report.problems[0]?.message).toContain('Set shop/1 to weight 0.5, ready, and read back weight 0.125, ready.');
});

test('a wrong token is one problem for all services, and is not told', async () => {
  const { url } = await running({ token: 'sesame' });
  const target = aTarget(url, { token: 'Swordfish' });
  const report = await target.apply([anAssignment('shop', [guest(1)]), anAssignment('pay', [guest(11)])]);
  expect(problems(report)).toEqual([['flow-manager-unauthorized', undefined, undefined]]);
  expect(JSON.stringify(report)).not.toMatch(/Swordfish|sesame/);
  await expect(target.read([anAssignment('shop', [guest(1)])])).rejects.toMatchObject({
    code: 'flow-manager-unauthorized',
  });
});

test('a flow manager that is not there is one problem, and is used again when it is back', async () => {
  const manager = await running();
  const target = aTarget(manager.url);
  const table = [anAssignment('shop', [guest(1, 0.5)]), anAssignment('pay', [guest(11)])];
  await manager.stop();
  const report = await target.apply(table);
  expect(problems(report)).toEqual([['flow-manager-unreachable', undefined, undefined]]);
  expect(report.problems[0]?.message).toContain(`Expected the flow manager at ${manager.url}, got ECONNREFUSED.`);
  await expect(target.read(table)).rejects.toMatchObject({ code: 'flow-manager-unreachable' });
  await manager.restart();
  expect(await target.apply(table)).toMatchObject({ changed: [{ handle: 'shop/1' }], problems: [] });
});

test('silence ends with the time-out, and a caller may give up before it', async () => {
  const asked: (() => void)[] = [];
  const arrived = (): Promise<void> => new Promise((resolve) => asked.push(resolve));
  const url = await aPeer(() => asked.shift()?.());
  const clock = new VirtualClock();
  const target = aTarget(url, { clock, timeout: 3_000 });
  let arrival = arrived();
  const silent = target.apply([anAssignment('shop', [guest(1)])]);
  await arrival;
  await clock.advance(3_000);
  expect((await silent).problems[0]).toMatchObject({
    code: 'flow-manager-timeout',
    message: expect.stringContaining(`Expected an answer of the flow manager at ${url} within 3000 ms, got none.`),
  });
  const giveUp = new AbortController();
  arrival = arrived();
  const given = target.apply([anAssignment('shop', [guest(1)])], { signal: giveUp.signal });
  await arrival;
  giveUp.abort();
  expect(problems(await given)).toEqual([['flow-manager-aborted', undefined, undefined]]);
});

test.each([
  [200, '<html>', 'a reply without members'],
  [200, '{"members":[{"guest":"1"}]}', 'a member without guest, weight and state'],
  [200, '{"members":[null]}', 'a member without guest, weight and state'],
  [404, 'Not Found', 'status 404 without a reason'],
  [302, '', 'status 302 without a reason'],
  [502, '{"error":"proxy"}', 'status 502 without a reason'],
])('status %i with %j is no flow manager', async (status, body, got) => {
  const url = await aPeer((_, response) => response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(body));
  const report = await aTarget(url).apply([anAssignment('shop', [guest(1)])]);
  expect(report.problems).toEqual([
    {
      code: 'flow-manager-bad-reply',
      service: 'shop',
      message: expect.stringContaining(`Expected a flow manager at ${url}, got ${got}.`),
    },
  ]);
});

test('a service whose members left is told of each that is gone', async () => {
  const { url, registry } = await running();
  const members = [{ guest: 3, address: '10.9.0.3', port: 8080 }];
  const vip = { address: '10.9.9.1', port: 80 };
  registry().change((state) =>
    putService(state, { name: 'shop', vip, protocol: 'tcp', algorithm: 'weighted', members }),
  );
  const report = await aTarget(url).apply([anAssignment('shop', [guest(1), guest(2), guest(3)])]);
  expect(problems(report)).toEqual([1, 2].map((id) => ['flow-manager-unknown-member', 'shop', id]));
  expect(report.unchanged).toBe(1);
});

test('a connection that is always lost is lost after two tries', async () => {
  let requests = 0;
  const url = await aPeer((request) => {
    requests += 1;
    request.socket.destroy();
  });
  const report = await aTarget(url).apply([anAssignment('shop', [guest(1)])]);
  expect(problems(report)).toEqual([['flow-manager-unreachable', undefined, undefined]]);
  expect(requests).toBe(2);
});
