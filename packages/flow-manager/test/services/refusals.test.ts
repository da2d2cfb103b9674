import { describeError } from '@ballast/core';
import { aService, someWeights } from '@ballast/testkit';
import { expect, test } from 'vitest';
import {
  compileServices,
  departuresAfter,
  leastLoaded,
  type VirtualService,
  virtualServiceOf,
} from '../../src/index.ts';
import { aMember, aMember6, aVirtualService, somePlacements } from './builders.ts';

const compiled = (...services: readonly VirtualService[]) =>
  compileServices({ services, placements: somePlacements, dpid: 1n });

test('what cannot be compiled is refused, and the refusal says what to do', async () => {
  const shop = aVirtualService();
  const vip = { address: '10.9.0.100', port: 80 };
  const refusals: Record<string, () => unknown> = {
    'no address': () => compiled({ ...shop, vip: { address: 'shop.example', port: 80 } }),
    'no port': () => compiled({ ...shop, vip: { ...vip, port: 0 } }),
    'no member port': () => compiled({ ...shop, members: [aMember(1, 1, { port: 70_000 })] }),
    'another family': () => compiled({ ...shop, members: [aMember6(1)] }),
    'a member at the VIP': () => compiled({ ...shop, members: [aMember(90)] }),
    'a member twice': () => compiled({ ...shop, members: [aMember(1), aMember(1)] }),
    'no name': () => compiled({ ...shop, name: '' }),
    'a name twice': () => compiled(shop, { ...shop, vip: { ...vip, port: 81 } }),
    'a VIP twice': () => compiled(shop, { ...shop, name: 'api' }),
    'two MACs for one VIP': () =>
      compiled({ ...shop, mac: '02:00:00:00:00:01' }, { ...shop, name: 'api', vip: { ...vip, port: 81 } }),
    'a group MAC': () => compiled({ ...shop, mac: '01:00:5e:00:00:01' }),
    'no time-out': () => compiled({ ...shop, persistence: { type: 'source-ip', timeout: 0 } }),
    'a weight below 0': () => compiled({ ...shop, members: [aMember(1, -1), aMember(2)] }),
    'a weight that is none': () => compiled({ ...shop, members: [aMember(1, Number.NaN)] }),
    'no VIP': () => virtualServiceOf(aService(), someWeights('shop', { 1: 1 })),
    'a cookie': () =>
      virtualServiceOf(aService('shop', { vip, persistence: { type: 'cookie', timeout: 1 } }), someWeights('shop', {})),
    'a route': () =>
      virtualServiceOf(aService('shop', { vip, routes: [{ match: {}, pool: 'x' }] }), someWeights('shop', {})),
  };
  const lines = Object.entries(refusals).map(([name, act]) => {
    try {
      act();
      return `${name}: not refused`;
    } catch (error) {
      return `${name}: ${(error as { code?: string }).code}: ${describeError(error)}`;
    }
  });
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/refusals.txt');
  expect(lines.filter((line) => !line.includes(': service.'))).toEqual([]);
});

test("core's service becomes one that switches carry", () => {
  const weights = someWeights('shop', { 101: 0.5, 102: 1 });
  const [a, b] = weights.members;
  if (a === undefined || b === undefined) throw new Error('Expected two members');
  const members = [{ ...a, member: { ...a.member, address: '10.9.0.11' } }, b];
  const service = aService('shop', {
    vip: { address: '10.9.0.100', port: 80 },
    persistence: { type: 'source-ip', timeout: 5 },
  });
  expect(virtualServiceOf(service, { service: 'shop', members }, () => ({ health: 'down', ramp: 0.5 }))).toEqual({
    name: 'shop',
    vip: { address: '10.9.0.100', port: 80 },
    protocol: 'tcp',
    algorithm: 'weighted',
    persistence: { type: 'source-ip', timeout: 5 },
    members: [{ guest: 101, address: '10.9.0.11', port: 8080, weight: 0.5, state: 'ready', health: 'down', ramp: 0.5 }],
  });
});

test('members that left linger for their time, unless they come back or their service ends', () => {
  const shop = (...numbers: number[]) => [aVirtualService({ members: numbers.map((n) => aMember(n)) })];
  const at = (now: number) => ({ now, linger: 1000 });
  const first = departuresAfter([], shop(1, 2, 3), shop(3), at(0));
  expect(first.map(({ address, until }) => [address, until])).toEqual([
    ['10.9.0.11', 1000],
    ['10.9.0.12', 1000],
  ]);
  const second = departuresAfter(first, shop(3), shop(2, 3), at(500));
  expect(second.map(({ address, until }) => [address, until])).toEqual([['10.9.0.11', 1000]]);
  expect(departuresAfter(second, shop(2, 3), shop(2, 3), at(1000))).toEqual([]);
  expect(departuresAfter(second, shop(2, 3), [], at(600))).toEqual([]);
});

test('least connections: fewest for its weight; of equals the heavier, then the first', () => {
  const shares = [
    { key: 'b', weight: 1 },
    { key: 'a', weight: 1 },
    { key: 'c', weight: 2 },
    { key: 'd', weight: 0 },
  ];
  const chosen: string[] = [];
  const counts = new Map<string, number>();
  for (let i = 0; i < 8; i++) {
    const key = leastLoaded(shares, counts) ?? '';
    chosen.push(key);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  expect(chosen.join('')).toBe('ccabccab');
  expect(leastLoaded([{ key: 'd', weight: 0 }], new Map())).toBeUndefined();
});
