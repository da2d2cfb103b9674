import {
  type Body,
  decode,
  encode,
  fieldValue,
  flowMod,
  groupMod,
  joinAnswers,
  type MultipartAnswer,
  match,
  OFPTT_ALL,
  OpenFlowError,
  packetOut,
} from '@ballast/openflow';
import { describe, expect, test } from 'vitest';

const empty = new Uint8Array(0);

describe('text of addresses', () => {
  test.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::', '::'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['fe80::', 'fe80::'],
  ])('%s is read as %s', (given, shortest) => {
    const bytes = encode(flowMod({ match: match({ ipv6_src: given }) }), 4, 1);
    const read = decode(bytes);
    expect(read.type === 'flow_mod' && fieldValue(read.match, 'ipv6_src')).toBe(shortest);
  });

  test.each([
    '1:2:3:4:5:6:7',
    '1::2::3',
    ':1:2:3:4:5:6:7:8',
    '12345::',
    'g::',
    '',
    '1:2:3:4:5:6:7::8',
    '::1.2.3',
    '1.2.3.4::',
  ])('%j is no IPv6 address', (given) => {
    expect(() => encode(flowMod({ match: match({ ipv6_src: given }) }), 4, 1)).toThrow(OpenFlowError);
  });

  test.each(['1.2.3', '1.2.3.4.5', '256.0.0.1', '1..2.3', 'a.b.c.d', '', '1.2.3.-4'])(
    '%j is no IPv4 address',
    (given) => {
      expect(() => encode(flowMod({ match: match({ ipv4_src: given }) }), 4, 1)).toThrow('Expected an IPv4 address');
    },
  );

  test.each(['00:11:22:33:44', '00-11-22-33-44-55', '00:11:22:33:44:5g', ''])('%j is no MAC address', (given) => {
    expect(() => encode(flowMod({ match: match({ eth_src: given }) }), 4, 1)).toThrow('Expected a MAC address');
  });
});

const refused: readonly { what: string; body: Body; version: number; code: string }[] = [
  {
    what: 'a selection method before 1.5',
    body: groupMod({ groupId: 1, selection: { method: 'hash', param: 0n, fields: [] } }),
    version: 4,
    code: 'not-in-version',
  },
  { what: 'importance before 1.4', body: flowMod({ importance: 3 }), version: 4, code: 'not-in-version' },
  {
    what: 'meter as an action before 1.5',
    body: packetOut({ actions: [{ type: 'meter', meterId: 1 }] }),
    version: 5,
    code: 'not-in-version',
  },
  {
    what: 'fields of a packet-out before 1.5',
    body: packetOut({ fields: match({ metadata: 1n }) }),
    version: 5,
    code: 'not-in-version',
  },
  {
    what: 'one group before 1.5',
    body: { type: 'multipart_request', flags: 0, query: { kind: 'group_desc', groupId: 3 } },
    version: 4,
    code: 'not-in-version',
  },
  {
    what: 'role events before 1.4',
    body: { type: 'set_async', masks: [{ event: 'role_status', role: 'master', mask: 1 }] },
    version: 4,
    code: 'not-in-version',
  },
  { what: 'a priority past 16 bits', body: flowMod({ priority: 65_536 }), version: 4, code: 'out-of-range' },
  { what: 'half a port', body: packetOut({ inPort: 1.5 }), version: 4, code: 'out-of-range' },
  { what: 'a negative cookie', body: flowMod({ cookie: -1n }), version: 4, code: 'out-of-range' },
  {
    what: 'a message past 65,535 bytes',
    body: packetOut({ data: new Uint8Array(65_530) }),
    version: 4,
    code: 'too-long',
  },
  {
    what: 'a name past 16 bytes',
    body: {
      type: 'port_status',
      reason: 0,
      port: { portNo: 1, hwAddr: '00:00:00:00:00:01', name: 'x'.repeat(17), config: 0, state: 0 },
    },
    version: 5,
    code: 'out-of-range',
  },
  {
    what: '65 bits of a load',
    body: packetOut({ actions: [{ type: 'load', value: 1n, to: { field: 'reg0', offset: 0, bits: 65 } }] }),
    version: 4,
    code: 'out-of-range',
  },
];

test.each(refused)('$what is refused: $code', ({ body, version, code }) => {
  expect(() => encode(body, version, 1)).toThrow(expect.objectContaining({ name: 'OpenFlowError', code }));
});

const misread: readonly { what: string; hex: string; code: string; offset: number }[] = [
  { what: 'nothing', hex: '', code: 'truncated', offset: 0 },
  { what: 'half a header', hex: '04020008', code: 'truncated', offset: 0 },
  { what: 'a length below the header', hex: '0402000300000001', code: 'bad-length', offset: 0 },
  { what: 'a length past the bytes', hex: '0402000900000001', code: 'truncated', offset: 0 },
  { what: 'bytes past the message', hex: '040200080000000100', code: 'bad-length', offset: 8 },
  { what: 'a barrier with a body', hex: '0414000c0000000100000000', code: 'bad-length', offset: 8 },
  {
    what: 'a match of 1.0',
    hex: `040a002a00000001ffffffff003c0000000000000000000000000004${'00'.repeat(14)}`,
    code: 'bad-value',
    offset: 24,
  },
  {
    what: 'an action of no length',
    hex: '040d002000000001ffffffff0000000100080000000000000000000000000000',
    code: 'bad-length',
    offset: 24,
  },
  {
    what: 'a bucket of no length',
    hex: '040f0018000000010000010000000001' + '0000000000000000',
    code: 'bad-length',
    offset: 16,
  },
];

test.each(misread)('$what is $code at byte $offset', ({ hex, code, offset }) => {
  expect(() => decode(Buffer.from(hex, 'hex'))).toThrow(
    expect.objectContaining({ name: 'OpenFlowError', code, offset }),
  );
});

test('a bundle holds messages of its own version and xid alone', () => {
  const bytes = encode({ type: 'bundle_add', bundleId: 1, flags: 0, message: flowMod({}), properties: [] }, 5, 1);
  bytes[23] = 9;
  expect(() => decode(bytes)).toThrow('Expected version and xid of the message around, got 5/9');
});

test('parts of an answer are joined in order; parts of different kinds are not', () => {
  const table = (tableId: number): MultipartAnswer => ({
    kind: 'table',
    entries: [{ tableId, activeCount: 0, lookupCount: 0n, matchedCount: 0n }],
  });
  const joined = joinAnswers([table(1), table(2), table(3)]);
  expect('entries' in joined && joined.entries).toHaveLength(3);
  expect(joined).toMatchObject({ kind: 'table', entries: [{ tableId: 1 }, { tableId: 2 }, { tableId: 3 }] });
  expect(joinAnswers([table(1)])).toEqual(table(1));
  expect(() => joinAnswers([table(1), { kind: 'port_desc', entries: [] }])).toThrow(
    'Expected parts of a list of table, got port_desc',
  );
});

test('what is carried as data is a view of the bytes read', () => {
  const bytes = encode({ type: 'echo_request', data: Uint8Array.of(1, 2, 3) }, 4, 1);
  const echo = decode(bytes);
  bytes[8] = 7;
  expect(echo.type === 'echo_request' && [...echo.data]).toEqual([7, 2, 3]);
  expect(fieldValue([], 'in_port')).toBeUndefined();
  expect(OFPTT_ALL).toBe(0xff);
  expect(packetOut({}).data).toEqual(empty);
});
