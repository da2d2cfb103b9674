import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  canonicalAddress,
  compileServices,
  cookieOf,
  groupIds,
  isOfService,
  isOurGroup,
  LEARNED_MARK,
  learnedCookie,
  memberIds,
  PURPOSE,
  type Purpose,
  purposeOf,
  slotsOfGroup,
  slotTables,
  virtualMac,
} from '../../src/index.ts';
import { addressBits } from '../../src/services/address.ts';
import { aMember, aVirtualService, somePlacements } from './builders.ts';

test('a cookie tells the purpose and the service of its flow', () => {
  for (const purpose of Object.keys(PURPOSE) as Purpose[]) {
    expect(purposeOf(cookieOf(purpose, 'shop'))).toBe(purpose);
    expect(isOfService(cookieOf(purpose, 'shop'), 'shop')).toBe(true);
    expect(isOfService(cookieOf(purpose, 'shop'), 'api')).toBe(false);
    expect(isOfService(cookieOf(purpose), 'shop')).toBe(false);
  }
  expect(purposeOf(0x1234n)).toBeUndefined();
  expect(isOfService(learnedCookie('shop', 7), 'shop')).toBe(true);
  expect(isOfService(learnedCookie('shop', 7), 'api')).toBe(false);
  expect(learnedCookie('shop', 7) >> 48n).toBe(LEARNED_MARK >> 48n);
});

test('groups are in the range of ours, and no two services share one', () => {
  const names = Array.from({ length: 2000 }, (_, i) => `service-${i}`);
  const ids = groupIds(names.map((name) => aVirtualService({ name })));
  expect(new Set(ids.values()).size).toBe(2000);
  expect([...ids.values()].every(isOurGroup)).toBe(true);
  const alone = groupIds([aVirtualService({ name: 'service-5' })]);
  expect(alone.get('service-5')).toBe(
    groupIds([aVirtualService({ name: 'service-5' }), aVirtualService({ name: 'x' })]).get('service-5'),
  );
});

test('the id of a member is the same, whoever else is in the pool', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }), (numbers) => {
      const ids = memberIds(
        'shop',
        numbers.map((n) => aMember(n)),
      );
      expect(new Set(ids.values()).size).toBe(numbers.length);
      for (const [key, id] of ids) {
        expect(id).toBeGreaterThan(0);
        expect(id).toBeLessThanOrEqual(0xffff_ffff);
        const [address = '', port = ''] = key.split('|');
        expect(memberIds('shop', [{ address, port: Number(port) }]).get(key)).toBe(id);
      }
    }),
  );
});

test('the table is read back from the group that holds it', () => {
  const services = [aVirtualService({ members: [aMember(1, 3), aMember(2, 5)] })];
  const tables = slotTables({ services, placements: somePlacements });
  const { groups } = compileServices({ services, placements: somePlacements, tables, dpid: 1n });
  const [service, group] = [services[0], groups[0]];
  if (service === undefined || group === undefined) throw new Error('Expected one service and its group');
  expect(slotsOfGroup(service, group)).toEqual(tables.get('shop'));
  const without = slotsOfGroup(aVirtualService({ members: [aMember(2, 5)] }), group);
  expect(without.filter((key) => key === undefined)).toHaveLength(96);
});

test('addresses have one form, and their bits', () => {
  for (const [text, canonical] of [
    ['10.9.0.1', '10.9.0.1'],
    ['FD00:0:0::A', 'fd00::a'],
    ['::ffff:10.0.0.1', '::ffff:a00:1'],
    ['::', '::'],
  ] as const) {
    expect(canonicalAddress(text)).toBe(canonical);
  }
  for (const text of [
    '',
    '10.9.0',
    '10.9.0.256',
    '010.9.0.1',
    'fd00::1%eth0',
    'fd00::/64',
    'example.org',
    ':::',
    '1:2',
  ]) {
    expect(() => canonicalAddress(text)).toThrowError(expect.objectContaining({ code: 'service.invalid' }));
  }
  expect(addressBits('10.9.0.100')).toBe(0x0a090064n);
  expect(addressBits('fd00:9::100')).toBe(0xfd000009_00000000_00000000_00000100n);
  expect(addressBits('1:2:3:4:5:6:7:8')).toBe(0x00010002_00030004_00050006_00070008n);
  expect(virtualMac('10.9.0.100')).toMatch(/^02:ba:/);
});
