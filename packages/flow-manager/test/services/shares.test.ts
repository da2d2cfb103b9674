import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileServices, type ServiceMember, sharesOf, slotTables } from '../../src/index.ts';
import { aMember, aVirtualService, somePlacements } from './builders.ts';

const placed = new Map(somePlacements.map((placement) => [placement.address, placement]));
const shares = (members: readonly ServiceMember[], algorithm: 'weighted' | 'round-robin' = 'weighted') =>
  Object.fromEntries(
    sharesOf(aVirtualService({ members, algorithm }), placed).map(({ key, weight }) => [key.slice(7), weight]),
  );

describe('who takes new connections', () => {
  test.each<[string, readonly ServiceMember[], Record<string, number>]>([
    ['ready members, by weight', [aMember(1, 0.2), aMember(2, 0.7)], { '11|8080': 0.2, '12|8080': 0.7 }],
    ['none that is drained', [aMember(1, 1, { state: 'drain' }), aMember(2)], { '12|8080': 1 }],
    ['none that is down', [aMember(1, 1, { health: 'down' }), aMember(2)], { '12|8080': 1 }],
    ['none without a weight', [aMember(1, 0), aMember(2)], { '12|8080': 1 }],
    ['a part for one that ramps up', [aMember(1, 0.5, { ramp: 0.1 }), aMember(2)], { '11|8080': 0.05, '12|8080': 1 }],
    ['none whose place is unknown', [aMember(9), aMember(2)], { '12|8080': 1 }],
    [
      'all ready ones where all are down',
      [aMember(1, 0.5, { health: 'down' }), aMember(2, 1, { health: 'down' })],
      { '11|8080': 0.5, '12|8080': 1 },
    ],
    [
      'not the drained one where the others are down',
      [aMember(1, 1, { state: 'drain' }), aMember(2, 1, { health: 'down' })],
      { '12|8080': 1 },
    ],
    ['all alike where none has a weight', [aMember(1, 0), aMember(2, 0)], { '11|8080': 1, '12|8080': 1 }],
    ['nobody where all are drained', [aMember(1, 1, { state: 'drain' })], {}],
  ])('%s', (_, members, expected) => {
    expect(shares(members)).toEqual(expected);
  });

  test('round robin knows no weights, but ramps', () => {
    expect(shares([aMember(1, 0.1), aMember(2, 0.9), aMember(3, 0, { ramp: 0.5 })], 'round-robin')).toEqual({
      '11|8080': 1,
      '12|8080': 1,
      '13|8080': 0.5,
    });
  });

  test('a pool is never empty while a member is ready and placed', () => {
    const member = fc.record({
      n: fc.integer({ min: 1, max: 4 }),
      weight: fc.constantFrom(0, 0.01, 1),
      state: fc.constantFrom('ready' as const, 'drain' as const),
      health: fc.constantFrom('up' as const, 'down' as const),
    });
    fc.assert(
      fc.property(fc.uniqueArray(member, { selector: ({ n }) => n, maxLength: 4 }), (given) => {
        const members = given.map(({ n, weight, ...rest }) => aMember(n, weight, rest));
        const table =
          slotTables({ services: [aVirtualService({ members })], placements: somePlacements }).get('shop') ?? [];
        const ready = members.filter(({ state }) => state === 'ready');
        expect(table.length > 0).toBe(ready.length > 0);
        expect(table.every((key) => ready.some(({ address }) => key.startsWith(`${address}|`)))).toBe(true);
      }),
    );
  });
});

describe('what a change touches', () => {
  const rows = (members: readonly ServiceMember[], placements = somePlacements) => {
    const { flows, groups } = compileServices({ services: [aVirtualService({ members })], placements, dpid: 1n });
    return { flows: new Set(flows.map(text)), groups: groups.map(text) };
  };
  const before = rows([aMember(1), aMember(2)]);

  test.each<[string, readonly ServiceMember[]]>([
    ['other weights', [aMember(1, 0.3), aMember(2)]],
    ['a drain', [aMember(1, 1, { state: 'drain' }), aMember(2)]],
    ['a death', [aMember(1, 1, { health: 'down' }), aMember(2)]],
  ])('%s: one group, no row', (_, members) => {
    const after = rows(members);
    expect(after.flows).toEqual(before.flows);
    expect(after.groups).not.toEqual(before.groups);
  });

  test('a migration: one row of the placement table', () => {
    const moved = somePlacements.map((known) =>
      known.address === '10.9.0.11' ? { ...known, at: { dpid: 1n, port: 77 } } : known,
    );
    const after = rows([aMember(1), aMember(2)], moved);
    expect(after.groups).toEqual(before.groups);
    expect([...after.flows].filter((row) => !before.flows.has(row)).map((row) => JSON.parse(row).table)).toEqual([3]);
    expect([...before.flows].filter((row) => !after.flows.has(row))).toHaveLength(1);
  });

  test('another service: nothing of this one', () => {
    const other = aVirtualService({ name: 'api', vip: { address: '10.9.0.101', port: 80 }, members: [aMember(3)] });
    const services = [aVirtualService({ members: [aMember(1), aMember(2)] }), other];
    const { flows, groups } = compileServices({ services, placements: somePlacements, dpid: 1n });
    const after = new Set(flows.map(text));
    expect([...before.flows].filter((row) => !after.has(row))).toEqual([]);
    expect(groups.map(text)).toEqual(expect.arrayContaining(before.groups));
  });
});

function text(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? part.toString() : part));
}
