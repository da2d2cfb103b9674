import { PROGRAMS, until } from '@ballast/ovs-lab';
import { expect, test } from 'vitest';
import {
  admission,
  endpointOf,
  isOfService,
  leastLoaded,
  memberIds,
  sharesOf,
  TABLE,
  type VirtualService,
} from '../../src/index.ts';
import { aMember, aMember6, aVirtualService, somePlacements } from '../services/builders.ts';
import { aNetwork, countsOf, type Spread } from './network.ts';

const network = aNetwork();
const all = [1, 2, 3, 4];
const CLIENTS = Array.from({ length: 24 }, (_, i) => `10.9.0.${200 + i}`);

test.each(['tcp', 'udp'] as const)('IPv6 %s is spread by weight', async (protocol) => {
  const vip = { address: 'fd00:9::100', port: 80 };
  await network.carry([aVirtualService({ vip, protocol, members: all.map((n) => aMember6(n, n)) })]);
  const landed = countsOf(await network.spread(1000, { protocol, address: vip.address }));
  for (const n of all) expect(Math.abs((landed[`b${n}`] ?? 0) / 1000 - n / 10)).toBeLessThan(0.04);
});

test('round robin gives each member the same, whatever its weight', async () => {
  await network.carry([aVirtualService({ algorithm: 'round-robin', members: all.map((n) => aMember(n, n)) })]);
  const landed = countsOf(await network.spread(1000));
  for (const n of all) expect(Math.abs((landed[`b${n}`] ?? 0) / 1000 - 0.25)).toBeLessThan(0.04);
});

test('several services at one address and at others do not meet', async () => {
  await network.carry([
    aVirtualService({ members: [aMember(1)] }),
    aVirtualService({ name: 'udp', protocol: 'udp', members: [aMember(2)] }),
    aVirtualService({ name: 'tls', vip: { address: '10.9.0.100', port: 443 }, members: [aMember(3)] }),
    aVirtualService({ name: 'api', vip: { address: '10.9.0.101', port: 80 }, members: [aMember(4)] }),
  ]);
  expect(countsOf(await network.spread(20))).toEqual({ b1: 20 });
  expect(countsOf(await network.spread(20, { protocol: 'udp' }))).toEqual({ b2: 20 });
  expect(countsOf(await network.spread(20, { port: 443 }))).toEqual({ b3: 20 });
  expect(countsOf(await network.spread(20, { address: '10.9.0.101' }))).toEqual({ b4: 20 });
  // The same source port to two services of one member: translation finds another port.
  await network.carry([
    aVirtualService({ members: [aMember(1)] }),
    aVirtualService({ name: 'api', vip: { address: '10.9.0.101', port: 80 }, members: [aMember(1)] }),
  ]);
  const held = network.fabric.program(network.client, PROGRAMS.hold, '10.9.0.100', '80', '1', '20000');
  expect(await held.line()).toBe('open');
  expect(countsOf(await network.spread(1, { address: '10.9.0.101', firstPort: 20_000 }))).toEqual({ b1: 1 });
  expect(JSON.parse(await held.end())).toMatchObject({ broken: [], hung: 0 });
});

/** The rows that a table has, learned ones included. */
async function rowsOf(table: number): Promise<readonly string[]> {
  const text = await network.fabric.ofctl('br0', 'dump-flows', `table=${table}`);
  return text.split('\n').filter((line) => line.includes('actions='));
}

/** For each client address, the member of each of its connections. */
async function perClient(connections: number): Promise<readonly Spread[]> {
  const spreads: Spread[] = [];
  for (const from of CLIENTS) spreads.push(await network.spread(connections, { from }));
  return spreads;
}

async function addresses(): Promise<void> {
  for (const address of CLIENTS)
    await network.fabric.on(network.client, 'ip', 'addr', 'replace', `${address}/24`, 'dev', 'eth0');
}

test('by source: each client keeps to one member, and clients are spread', async () => {
  await addresses();
  await network.carry([aVirtualService({ algorithm: 'source-ip' })]);
  const spreads = await perClient(4);
  expect(spreads.map((spread) => Object.keys(countsOf(spread)).length)).toEqual(CLIENTS.map(() => 1));
  const used = new Set(spreads.flatMap(({ members }) => Object.values(members)));
  expect([...used].sort()).toEqual(['b1', 'b2', 'b3', 'b4']);
});

test('persistence: a client stays with its member when the weights change, and leaves it when it drains', async () => {
  await addresses();
  const shop = (members: VirtualService['members']): VirtualService =>
    aVirtualService({ members, persistence: { type: 'source-ip', timeout: 60_000 } });
  await network.carry([shop(all.map((n) => aMember(n)))]);
  const before = await perClient(3);
  expect(before.map((spread) => Object.keys(countsOf(spread)).length)).toEqual(CLIENTS.map(() => 1));
  // Where the switch has the packets of a client cached from before, it learns with the next sweep of its caches.
  await until(async () => (await rowsOf(TABLE.affinity)).length === CLIENTS.length, 'a row for each client');

  await network.fabric.forgetConnections();
  await network.carry([shop([aMember(1, 1), aMember(2, 0.01), aMember(3, 0.01), aMember(4, 0.01)])]);
  const after = await perClient(3);
  expect(after.map(({ members }) => members)).toEqual(before.map(({ members }) => members));

  await network.fabric.forgetConnections();
  await network.carry([shop([aMember(1, 1, { state: 'drain' }), aMember(2), aMember(3), aMember(4)])]);
  const drained = (await perClient(3)).map((spread) => Object.keys(countsOf(spread)));
  const had = before.map((spread) => Object.keys(countsOf(spread)));
  expect(drained.filter((names) => names.includes('b1'))).toEqual([]);
  expect(drained.filter((_, i) => had[i]?.[0] !== 'b1')).toEqual(had.filter(([name]) => name !== 'b1'));
});

test('datagrams that are never answered go to one member, and so does each that follows', async () => {
  await network.carry([aVirtualService({ protocol: 'udp' })]);
  await network.fabric.program(network.client, PROGRAMS.tell, '10.9.0.100', '80', '30000', '9').line();
  const heard = async (): Promise<readonly number[]> =>
    Promise.all(network.programs.map(async (program) => Number((await program.ask('how many')).split(' ')[1])));
  let counts = await heard();
  await until(async () => {
    counts = await heard();
    return counts.reduce((sum, count) => sum + count, 0) === 9;
  }, 'nine datagrams');
  expect(counts.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 9]);
});

test('least connections: the controller chooses, the switch counts what is open and tells what ends', async () => {
  const service = aVirtualService({ algorithm: 'least-connections', members: all.map((n) => aMember(n)) });
  const placed = new Map(somePlacements.map((placement) => [placement.address, placement]));
  const ids = memberIds(service.name, service.members);
  const open = new Map<string, number>();
  network.channel.onPacketIn = (packet) => {
    if (!isOfService(packet.cookie, service.name)) return;
    const key = leastLoaded(sharesOf(service, placed), open);
    if (key === undefined) return;
    open.set(key, (open.get(key) ?? 0) + 1);
    network.channel.send(admission(packet, ids.get(key) ?? 0));
  };
  await network.carry([service]);
  const held = network.fabric.program(network.client, PROGRAMS.hold, '10.9.0.100', '80', '40');
  expect(await held.line()).toBe('open');
  expect(JSON.parse(await held.ask('how')).by).toEqual({ b1: 10, b2: 10, b3: 10, b4: 10 });
  expect(Object.fromEntries(open)).toEqual(Object.fromEntries(service.members.map((one) => [endpointOf(one), 10])));
  expect(await rowsOf(TABLE.connections)).toHaveLength(40);
  const end = JSON.parse(await held.end());
  expect(end).toMatchObject({ broken: [], hung: 0, moved: 0 });
  // The client closed: each flow that counted a connection ends, and says so.
  await until(
    () => network.channel.messages.filter(({ type }) => type === 'flow_removed').length === 40,
    'the ends of 40 connections',
  );
});
