import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sightingOf } from '../../src/index.ts';

const frame = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));
const ARP = '0001 0800 06 04';
const ALL = 'ffffffffffff';
const MAC = '020000000011';
const ADDRESS6 = 'fd000009000000000000000000000011';

const arp = (op: string, sha: string, spa: string, tag = '') =>
  frame(`${ALL} ${MAC} ${tag} 0806 ${ARP} ${op} ${sha} ${spa} 000000000000 0a090001`);
const advertisement = (option: string, type = '88') =>
  frame(
    `${ALL} ${MAC} 86dd 60000000 0020 3a ff ${ADDRESS6} ff020000000000000000000000000001 ${type} 00 0000 a0000000 ${ADDRESS6} ${option}`,
  );

test.each([
  ['an ARP request', arp('0001', MAC, '0a09000b'), { mac: '02:00:00:00:00:11', address: '10.9.0.11' }],
  ['an ARP reply', arp('0002', MAC, '0a09000b'), { mac: '02:00:00:00:00:11', address: '10.9.0.11' }],
  [
    'ARP with a VLAN tag',
    arp('0001', MAC, '0a09000b', '8100 0064'),
    { mac: '02:00:00:00:00:11', address: '10.9.0.11' },
  ],
  ['an ARP probe', arp('0001', MAC, '00000000'), undefined],
  ['ARP from no host', arp('0001', ALL, '0a09000b'), undefined],
  [
    'RARP of a guest that has arrived',
    frame(`${ALL} ${MAC} 8035 0001 0800 06 04 0003 ${MAC} 00000000 ${MAC} 00000000`),
    { mac: '02:00:00:00:00:11' },
  ],
  [
    'a neighbour advertisement',
    advertisement('0201 020000000012'),
    { mac: '02:00:00:00:00:12', address: 'fd00:9::11' },
  ],
  ['one without the option', advertisement(''), { mac: '02:00:00:00:00:11', address: 'fd00:9::11' }],
  ['a neighbour solicitation', advertisement('0101 020000000012', '87'), undefined],
  ['any other packet', frame(`${ALL} ${MAC} 0800 4500`), undefined],
])('%s', (_, bytes, expected) => {
  expect(sightingOf(bytes)).toEqual(expected);
});

test('bytes of any kind are read without an error, and make a host or nothing', () => {
  const type = fc.constantFrom(...['0806', '8035', '86dd', '8100', '88a8'].map((hex) => frame(hex)));
  const HOST = /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/;
  const isRight = (bytes: Uint8Array): boolean => HOST.test(sightingOf(bytes)?.mac ?? '00:00:00:00:00:00');
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 12, maxLength: 12 }),
      type,
      fc.uint8Array({ maxLength: 90 }),
      (macs, kind, rest) => {
        expect([Uint8Array.from([...macs, ...kind, ...rest]), rest].every(isRight)).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
  const whole = advertisement('0201 020000000012');
  expect(Array.from(whole, (_, length) => whole.subarray(0, length)).every(isRight)).toBe(true);
});
