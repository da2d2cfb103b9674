import type { Service, TargetAssignment, TargetReport } from '@ballast/core';
import { putService, type RegisteredService } from '@ballast/flow-manager';
import { afterEach, expect, test } from 'vitest';
import { anAssignment } from '../support/assignments.ts';
import { aFront, aStranger } from '../support/front.ts';
import { aTarget, type RunningFlowManager, startFlowManager } from './support.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function running(): Promise<RunningFlowManager> {
  const manager = await startFlowManager();
  closing.push(manager.stop);
  return manager;
}

const VIP = { address: '10.9.9.7', port: 443 };
const MONITOR = { type: 'tcp', delay: 500, timeout: 200, maxRetries: 2, maxRetriesDown: 3 } as const;

/** A service `news` with a VIP, and guests 21, 22, ... at these addresses; an empty one is not known. */
function news(addresses: readonly string[], fields: Partial<Service> = {}, options = {}): TargetAssignment {
  const members = addresses.map((address, index) => ({
    guest: 21 + index,
    name: `web-${index + 1}`,
    weight: 1 / (index + 1),
    ...(address !== '' && { address }),
  }));
  return anAssignment('news', members, options, { vip: VIP, ...fields });
}

const TWO = ['10.9.3.1', '10.9.3.2'];
const stands = (manager: RunningFlowManager, name = 'news'): RegisteredService | undefined =>
  manager.registry().state.services.get(name);
const messages = ({ problems }: TargetReport): readonly string[] => problems.map(({ message }) => message);

test('a service with a VIP is made, with its members and their weights', async () => {
  const manager = await running();
  const fields = { monitor: MONITOR, persistence: { type: 'source-ip', timeout: 60_000 } } as const;
  const report = await aTarget(manager.url).apply([news(TWO, { ...fields, algorithm: 'least-connections' })]);
  expect(report).toMatchObject({ problems: [], changed: [{ guest: 22, before: 1, after: 0.5 }], unchanged: 1 });
  expect(stands(manager)).toMatchObject({
    monitor: MONITOR,
    service: {
      vip: VIP,
      // The operator says `http`, which flows do not see.
      protocol: 'tcp',
      algorithm: 'least-connections',
      persistence: { type: 'source-ip', timeout: 60_000 },
      members: [
        { guest: 21, address: '10.9.3.1', port: 8080, weight: 1, state: 'ready' },
        { guest: 22, address: '10.9.3.2', port: 8080, weight: 0.5, state: 'ready' },
      ],
    },
  });
});

test('it is put again only when it differs', async () => {
  const manager = await running();
  const front = await aFront(manager.url);
  const target = aTarget(front.url);
  const spelled = { vip: { address: 'FD00:0::1', port: 443 }, monitor: MONITOR };
  await target.apply([news(['fd00::1:1', 'FD00::01:2'], spelled)]);
  const puts = (): number => front.asked.filter((request) => request.startsWith('PUT')).length;
  const before = puts();
  expect(before).toBeGreaterThan(0);
  expect(stands(manager)?.service.members.map(({ address }) => address)).toEqual(['fd00::1:1', 'fd00::1:2']);
  expect(await target.apply([news(['FD00::1:1', 'fd00::1:2'], spelled)])).toMatchObject({ problems: [], changed: [] });
  expect(puts()).toBe(before);
});

test.each<[what: string, addresses: readonly string[], fields: Partial<Service>, found: object]>([
  ['its VIP', TWO, { vip: { ...VIP, port: 80 } }, { service: { vip: { port: 80 } } }],
  ['its protocol', TWO, { protocol: 'udp' }, { service: { protocol: 'udp' } }],
  ['its algorithm', TWO, { algorithm: 'source-ip' }, { service: { algorithm: 'source-ip' } }],
  ['its monitor', TWO, { monitor: { ...MONITOR, delay: 501 } }, { monitor: { delay: 501 } }],
  [
    'its persistence',
    TWO,
    { persistence: { type: 'source-ip', timeout: 5 } },
    { service: { persistence: { timeout: 5 } } },
  ],
  ['a member that moved', ['10.9.3.1', '10.9.3.9'], {}, { service: { members: [{}, { address: '10.9.3.9' }] } }],
  ['a member that left', ['10.9.3.1'], {}, { service: { members: [{ guest: 21 }] } }],
  ['a member that came', [...TWO, '10.9.3.3'], {}, { service: { members: [{}, {}, { guest: 23 }] } }],
])(
  '%s is brought to what the configuration says, and the weights of who stays are kept',
  async (_, to, fields, found) => {
    const manager = await running();
    const target = aTarget(manager.url);
    await target.apply([news(TWO, { monitor: MONITOR })]);
    const report = await target.apply([news(to, { monitor: MONITOR, ...fields })]);
    expect(report.problems).toEqual([]);
    expect(stands(manager)).toMatchObject(found);
    expect(stands(manager)?.service.members).toHaveLength(to.length);
    expect(report.changed.filter(({ guest }) => guest < 23)).toEqual([]);
  },
);

test('a MAC and a drain that were set at the flow manager stay', async () => {
  const manager = await running();
  const target = aTarget(manager.url);
  const members = [{ guest: 21, address: '10.9.3.1', port: 8080 }];
  manager.registry().change((state) =>
    putService(state, {
      name: 'news',
      vip: VIP,
      mac: '02:00:00:00:00:07',
      protocol: 'udp',
      algorithm: 'weighted',
      members,
    }),
  );
  expect((await target.apply([news(TWO)])).problems).toEqual([]);
  expect(stands(manager)?.service).toMatchObject({ mac: '02:00:00:00:00:07', protocol: 'tcp', members: [{}, {}] });
});

test('a member without an address is a problem, and the others are carried', async () => {
  const manager = await running();
  const report = await aTarget(manager.url).apply([news(['10.9.3.1', '', 'fd00::3'])]);
  expect(stands(manager)?.service.members.map(({ guest }) => guest)).toEqual([21]);
  expect(messages(report)).toEqual([
    expect.stringContaining(
      'Expected guest 22 (web-2) to have an IPv4 address, as the VIP has, got none; it is left out. Does its guest agent run?',
    ),
    expect.stringContaining(
      'Expected guest 23 (web-3) to have an IPv4 address, as the VIP has, got fd00::3; it is left out.',
    ),
  ]);
  expect(report.problems).toMatchObject([
    { code: 'flow-manager-no-address', service: 'news', guest: 22 },
    { code: 'flow-manager-no-address', service: 'news', guest: 23 },
  ]);
});

test('a member whose address is not known any more stays where it is', async () => {
  const manager = await running();
  const target = aTarget(manager.url);
  await target.apply([news(TWO)]);
  const report = await target.apply([news(['10.9.3.1', ''])]);
  expect(report).toMatchObject({ changed: [], unchanged: 2 });
  expect(messages(report)[0]).toContain('got none; it stays at 10.9.3.2.');
  expect(stands(manager)?.service.members.map(({ address }) => address)).toEqual(TWO);
});

test('a guest that does not run and tells no address is missed by nobody', async () => {
  const manager = await running();
  const stopped = { guest: 22, name: 'web-2', state: 'drain' } as const;
  const members = [{ guest: 21, name: 'web-1', address: '10.9.3.1' }, stopped];
  const report = await aTarget(manager.url).apply([anAssignment('news', members, {}, { vip: VIP })]);
  expect(report).toMatchObject({ problems: [], unchanged: 1 });
  expect(stands(manager)?.service.members.map(({ guest }) => guest)).toEqual([21]);
});

test('what the flow manager refuses names the service, whose weights are set all the same, and the others are made', async () => {
  const manager = await running();
  const target = aTarget(manager.url);
  await target.apply([news(TWO)]);
  const taken = { vip: { address: '10.9.9.1', port: 80 } };
  const report = await target.apply([
    news(['10.9.3.2', '10.9.3.2'], taken),
    anAssignment('late', [{ guest: 31, name: 'late-1', address: '10.9.4.1' }], {}, taken),
    anAssignment(
      'mail',
      [{ guest: 41, name: 'mail-1', address: '10.9.5.1', weight: 0.5 }],
      {},
      {
        vip: { address: '10.9.9.8', port: 25 },
      },
    ),
  ]);
  expect(report.problems).toEqual([
    {
      code: 'flow-manager-refused',
      service: 'news',
      message: expect.stringContaining('refused: Expected each member of news once, got 10.9.3.2 port 8080 twice.'),
    },
    {
      code: 'flow-manager-refused',
      service: 'late',
      message: expect.stringContaining('refused: Expected one service at tcp 10.9.9.1 port 80, got shop and late.'),
    },
  ]);
  expect(report).toMatchObject({ changed: [{ service: 'mail', guest: 41 }], unchanged: 2 });
  expect(stands(manager)?.service.vip).toEqual(VIP);
  expect(stands(manager, 'late')).toBeUndefined();
});

test('what flows cannot carry is a problem of its service, and is not made', async () => {
  const manager = await running();
  const report = await aTarget(manager.url).apply([
    news(TWO, { persistence: { type: 'cookie', timeout: 1 } }),
    news(TWO, { name: 'paths', routes: [{ match: { pathPrefix: '/a' }, pool: 'a' }] }),
  ]);
  expect(report.problems).toEqual([
    {
      code: 'flow-manager-unsupported',
      service: 'news',
      message: expect.stringContaining(
        'Expected persistence by source-ip in service news, which a flow manager carries, got by cookie.',
      ),
    },
    { code: 'flow-manager-unsupported', service: 'paths', message: expect.stringContaining('got 1.') },
  ]);
  expect([...manager.registry().state.services.keys()]).toEqual(['shop', 'pay']);
});

test.each([
  ['the service says so', {}, news(TWO, {}, { manage: false })],
  ['the target says so', { manage: false }, news(TWO)],
  ['it has no VIP', {}, anAssignment('news', [{ guest: 21, name: 'web-1', address: '10.9.3.1' }])],
])('a service is left to others where %s', async (_, fields, assignment) => {
  const manager = await running();
  const target = aTarget(manager.url, fields);
  const report = await target.apply([assignment]);
  expect(report.problems).toMatchObject([{ code: 'flow-manager-unknown-service', service: 'news' }]);
  expect(target.usesAddresses).toBe(!('manage' in fields));
});

test('the target may say no where the service says yes', async () => {
  const manager = await running();
  const report = await aTarget(manager.url, { manage: false }).apply([
    news(TWO, {}, { manage: true, service: 'paper' }),
  ]);
  expect(report.problems).toEqual([]);
  expect(stands(manager, 'paper')?.service.vip).toEqual(VIP);
});

test('what answers like no flow manager is told, and nothing is put there', async () => {
  const { url, asked } = await aStranger(200, '{"spec":{"vip":{},"members":[]}}');
  const report = await aTarget(url).apply([news(TWO)]);
  expect(messages(report)).toContainEqual(
    expect.stringContaining(`Expected a flow manager at ${url}, got a service without its VIP and members.`),
  );
  expect(asked.filter((request) => !request.startsWith('GET'))).toEqual([]);
});

test('services of others are neither changed nor removed', async () => {
  const manager = await running();
  const before = ['shop', 'pay'].map((name) => stands(manager, name));
  await aTarget(manager.url).apply([news(TWO)]);
  expect(['shop', 'pay'].map((name) => stands(manager, name))).toEqual(before);
});

test('who led before makes no service anew', async () => {
  const manager = await running();
  await aTarget(manager.url, { fencing: () => 5n }).apply([news(TWO)]);
  expect(stands(manager)?.fencing).toBe(5n);
  const late = await aTarget(manager.url, { fencing: () => 4n }).apply([news(['10.9.3.1'])]);
  expect(late).toMatchObject({ changed: [], problems: [{ code: 'flow-manager-stale-token', service: 'news' }] });
  expect(late.problems[0]?.message).toContain('Expected a fencing token of 5 or newer for "news", got 4.');
  expect(stands(manager)?.service.members).toHaveLength(2);
});
