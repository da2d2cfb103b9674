import { expect, test } from 'vitest';
import { solicitation } from '../../src/placement/solicitation.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('an ARP request from the VIP, padded to what Ethernet carries', () => {
  const frame = solicitation({ address: '10.9.0.100', mac: '02:ba:00:00:00:01' }, '10.9.0.11');
  expect(hex(frame)).toBe(
    [
      'ffffffffffff02ba000000010806', // to all, from the VIP, ARP
      '0001080006040001', // Ethernet, IPv4, a request
      '02ba000000010a090064', // sender
      '0000000000000a09000b', // target
      '00'.repeat(18),
    ].join(''),
  );
});

test('a neighbour solicitation to the solicited-node group, with the sender and a right checksum', () => {
  const frame = solicitation({ address: 'fd00:9::100', mac: '02:ba:00:00:00:01' }, 'fd00:9::11');
  const text = hex(frame);
  expect(text.slice(0, 28)).toBe('3333ff00001102ba0000000186dd');
  // Version 6, 32 bytes of ICMPv6, hop limit 255; from the VIP to ff02::1:ff00:11.
  expect(text.slice(28, 108)).toBe(
    '6000000000203aff' + 'fd000009000000000000000000000100' + 'ff0200000000000000000001ff000011',
  );
  expect(text.slice(108, 112)).toBe('8700');
  expect(text.slice(116)).toBe('00000000' + 'fd000009000000000000000000000011' + '010102ba00000001');
  expect(sumOf(frame)).toBe(0xffff);
});

/** RFC 4443, section 2.3: over the pseudo-header and the message, checksum included, it comes to all ones. */
function sumOf(frame: Uint8Array): number {
  const bytes = [...frame.subarray(22, 54), 0, 0, 0, frame.length - 54, 0, 0, 0, 58, ...frame.subarray(54)];
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 65_536);
  return sum;
}
