import { decode, encode, negotiate, type PeerVersions, VERSIONS, type Version } from '@ballast/openflow';
import { expect, test } from 'vitest';

const rows: readonly { ours: readonly Version[]; peer: PeerVersions; agreed: Version | undefined; why: string }[] = [
  { ours: VERSIONS, peer: { version: 6, versions: [1, 4, 6] }, agreed: 6, why: 'the highest of both bitmaps' },
  { ours: [4, 5], peer: { version: 6, versions: [4, 5, 6] }, agreed: 5, why: 'not what one side lacks' },
  { ours: [4, 6], peer: { version: 6, versions: [5] }, agreed: undefined, why: 'bitmaps without a common bit' },
  { ours: VERSIONS, peer: { version: 4 }, agreed: 4, why: 'no bitmap: the smaller of the headers' },
  { ours: VERSIONS, peer: { version: 0x63 }, agreed: 6, why: 'no bitmap and a version of the future' },
  { ours: VERSIONS, peer: { version: 1 }, agreed: undefined, why: 'a switch of OpenFlow 1.0 alone' },
  { ours: [4, 6], peer: { version: 5 }, agreed: undefined, why: 'the smaller of the headers is not spoken' },
  { ours: [], peer: { version: 4 }, agreed: undefined, why: 'nothing is spoken' },
];

test.each(rows)('$why', ({ ours, peer, agreed }) => {
  expect(negotiate(ours, peer)).toBe(agreed);
});

test('hello, error and echo are read and written in any version; others in those spoken', () => {
  const hello = decode(encode({ type: 'hello', versions: [1, 4], elements: [] }, 1, 9));
  expect(hello).toEqual({ type: 'hello', versions: [1, 4], elements: [], version: 1, xid: 9 });
  expect(decode(encode({ type: 'echo_request', data: new Uint8Array(2) }, 9, 9)).version).toBe(9);
  expect(() => decode(Uint8Array.of(1, 5, 0, 8, 0, 0, 0, 1))).toThrow(
    'Expected OpenFlow version 4, 5 or 6, got 1 (at byte 0)',
  );
  expect(() => encode({ type: 'features_request' }, 1, 9)).toThrow('Expected OpenFlow version 4, 5 or 6, got 1');
});
