import {
  decode,
  encode,
  keptActions,
  MessageBatch,
  OFP13_VERSION,
  OFP14_VERSION,
  OpenFlowError,
  packetOut,
  VERSIONS,
  withXid,
} from '@ballast/openflow';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { actions } from './support/actions.ts';
import { families } from './support/arbitraries.ts';
import { fieldRef, knownField, u32 } from './support/fields.ts';

describe.each(VERSIONS)('version %i: an object becomes bytes and the same object again', (version) => {
  test.each(Object.entries(families(version)))('%s', (_name, family) => {
    fc.assert(
      fc.property(family, u32, (body, xid) => {
        const bytes = encode(body, version, xid);
        const message = decode(bytes);
        expect(message).toEqual({ ...body, version, xid });
        expect(Buffer.from(encode(message, version, xid)).equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

test('the head of a bundle’s message and its inside are together what it would have been whole', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...VERSIONS),
      u32,
      fc.uint8Array({ maxLength: 5_000 }),
      fc.boolean(),
      (version, xid, data, first) => {
        const message = { type: 'unknown', messageType: 15, data } as const;
        const add = { type: 'bundle_add', bundleId: 7, flags: 3, message, properties: [] } as const;
        const batch = new MessageBatch();
        const barrier = { type: 'barrier_request' } as const;
        if (first) batch.add(barrier, version, 1);
        batch.addHead(add, version, xid);
        const whole = [...(first ? [encode(barrier, version, 1)] : []), encode(add, version, xid)];
        expect(Buffer.concat([batch.take(), data]).equals(Buffer.concat(whole))).toBe(true);
      },
    ),
  );
});

test('a head whose message would be too long leaves what was gathered before it', () => {
  const message = { type: 'unknown', messageType: 15, data: new Uint8Array(65_520) } as const;
  const batch = new MessageBatch();
  batch.add({ type: 'barrier_request' }, OFP14_VERSION, 1);
  const add = { type: 'bundle_add', bundleId: 7, flags: 3, message, properties: [] } as const;
  expect(() => batch.addHead(add, OFP14_VERSION, 2)).toThrow(OpenFlowError);
  expect(batch.take()).toEqual(encode({ type: 'barrier_request' }, OFP14_VERSION, 1));
});

test('kept actions have the bytes that they would have had, the first time and later, in each version', () => {
  const lists = actions(OFP13_VERSION, fieldRef, knownField);
  fc.assert(
    fc.property(lists, (list) => {
      const kept = keptActions(list);
      for (const version of [OFP13_VERSION, OFP14_VERSION, OFP13_VERSION, OFP14_VERSION]) {
        expect(encode(packetOut({ actions: kept }), version, 1)).toEqual(
          encode(packetOut({ actions: list }), version, 1),
        );
      }
    }),
  );
  // 1.5 writes the tcp_flags that 1.3 has as an extension.
  const flags = keptActions([{ type: 'set_field', field: 'tcp_flags', value: 2 }]);
  for (const version of [...VERSIONS, ...VERSIONS]) {
    expect(encode(packetOut({ actions: flags }), version, 1)).toEqual(
      encode(packetOut({ actions: [...flags] }), version, 1),
    );
  }
});

test('the head of a bundle’s message and its inside are together what it would have been whole', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...VERSIONS),
      u32,
      fc.uint8Array({ maxLength: 5_000 }),
      fc.boolean(),
      (version, xid, data, first) => {
        const message = { type: 'unknown', messageType: 15, data } as const;
        const add = { type: 'bundle_add', bundleId: 7, flags: 3, message, properties: [] } as const;
        const batch = new MessageBatch();
        const barrier = { type: 'barrier_request' } as const;
        if (first) batch.add(barrier, version, 1);
        batch.addHead(add, version, xid);
        const whole = [...(first ? [encode(barrier, version, 1)] : []), encode(add, version, xid)];
        expect(Buffer.concat([batch.take(), data]).equals(Buffer.concat(whole))).toBe(true);
      },
    ),
  );
});

test('a head whose message would be too long leaves what was gathered before it', () => {
  const message = { type: 'unknown', messageType: 15, data: new Uint8Array(65_520) } as const;
  const batch = new MessageBatch();
  batch.add({ type: 'barrier_request' }, OFP14_VERSION, 1);
  const add = { type: 'bundle_add', bundleId: 7, flags: 3, message, properties: [] } as const;
  expect(() => batch.addHead(add, OFP14_VERSION, 2)).toThrow(OpenFlowError);
  expect(batch.take()).toEqual(encode({ type: 'barrier_request' }, OFP14_VERSION, 1));
});

test('kept actions that cannot be written are not kept', () => {
  const kept = keptActions([{ type: 'group', groupId: -1 }]);
  for (let time = 0; time < 2; time += 1) {
    expect(() => encode(packetOut({ actions: kept }), OFP13_VERSION, 1)).toThrow('Expected an unsigned 32-bit');
  }
});

test('a batch holds the bytes of each message, and none of one that could not be written', () => {
  const batch = new MessageBatch();
  batch.add({ type: 'barrier_request' }, 4, 1);
  expect(() => batch.add({ type: 'role_request', role: -1, generationId: 0n }, 4, 2)).toThrow(
    'Expected an unsigned 32-bit',
  );
  batch.add({ type: 'echo_reply', data: new Uint8Array([9]) }, 4, 3);
  expect(batch.size).toBe(17);
  const expected = [
    ...encode({ type: 'barrier_request' }, 4, 1),
    ...encode({ type: 'echo_reply', data: new Uint8Array([9]) }, 4, 3),
  ];
  expect([...batch.take()]).toEqual(expected);
  expect(batch.take()).toHaveLength(0);
});

test('what was taken from a batch stays as it was, whatever is gathered after it', () => {
  const sizes = fc.array(fc.oneof(fc.integer({ max: 200, min: 0 }), fc.integer({ max: 40_000, min: 0 })), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(sizes, fc.integer({ max: 5, min: 1 }), (lengths, perBatch) => {
      const batch = new MessageBatch();
      const taken: Uint8Array[] = [];
      const expected: Uint8Array[] = [];
      for (const [index, length] of lengths.entries()) {
        const echo = { type: 'echo_reply', data: new Uint8Array(length).fill(index + 1) } as const;
        batch.add(echo, 4, index);
        expected.push(encode(echo, 4, index));
        if (index % perBatch === 0) taken.push(batch.take());
      }
      taken.push(batch.take());
      expect(Buffer.concat(taken).equals(Buffer.concat(expected))).toBe(true);
    }),
  );
});

test('the bytes of a message under another xid are those that it would have had', () => {
  const original = encode({ type: 'barrier_request' }, 5, 1);
  expect([...withXid(original, 0xfffffffe)]).toEqual([...encode({ type: 'barrier_request' }, 5, 0xfffffffe)]);
  expect(decode(original).xid).toBe(1);
});
