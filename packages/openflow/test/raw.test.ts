import {
  type Body,
  decode,
  decodeFlowEntry,
  decodeGroupDesc,
  encode,
  type FlowEntry,
  type GroupContent,
  groupIdOf,
  groupMod,
  HEADER_SIZE,
  lastingFlow,
  lastingGroup,
  OFPMP_FLOW,
  OFPMP_GROUP_DESC,
  OpenFlowError,
  rawPart,
  VERSIONS,
} from '@ballast/openflow';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flow, group, instructions, statistics } from './support/structures.ts';

const text = (pieces: readonly Uint8Array[]): string =>
  pieces.map((piece) => Buffer.from(piece).toString('hex')).join();

function told(kind: 'flow' | 'group_desc', entries: readonly unknown[], version: number, flags = 0): Uint8Array {
  return encode({ type: 'multipart_reply', flags, answer: { kind, entries } } as Body, version, 7);
}

/** As the whole answer reads. */
function entriesOf(frame: Uint8Array): readonly unknown[] {
  const message = decode(frame);
  if (message.type !== 'multipart_reply' || !('entries' in message.answer)) throw new Error('no list');
  return message.answer.entries;
}

describe.each(VERSIONS)('in version %i', (version) => {
  const entry = fc.record({ ...flow(version), statistics: statistics(version), instructions: instructions(version) });

  test('entries that are cut out read as those of the whole answer', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 3 }), fc.array(group(version), { maxLength: 3 }), (flows, groups) => {
        const first = told('flow', flows, version, 1);
        const second = told('group_desc', groups, version);
        expect(rawPart(first)).toMatchObject({ kind: OFPMP_FLOW, flags: 1 });
        expect(rawPart(first).entries.map((one) => decodeFlowEntry(one, version))).toEqual(entriesOf(first));
        expect(rawPart(second)).toMatchObject({ kind: OFPMP_GROUP_DESC, flags: 0 });
        expect(rawPart(second).entries.map((one) => decodeGroupDesc(one, version))).toEqual(entriesOf(second));
        expect(rawPart(second).entries.map(groupIdOf)).toEqual(groups.map(({ groupId }) => groupId));
      }),
    );
  });

  test('what lasts of a flow is the same whatever its counters, and another for anything else', () => {
    fc.assert(
      fc.property(entry, entry, statistics(version), (one, other, counters) => {
        const cut = (given: unknown): string => {
          const [only] = rawPart(told('flow', [given], version)).entries;
          return text(lastingFlow(only ?? new Uint8Array(0), version));
        };
        expect(cut({ ...one, statistics: counters })).toBe(cut(one));
        const bare = (given: unknown): string =>
          text([told('flow', [{ ...(given as FlowEntry), statistics: {} }], version)]);
        expect(cut(one) === cut(other)).toBe(bare(one) === bare(other));
      }),
    );
  });

  test('what lasts of a group is the same in its description and in the message that makes it', () => {
    fc.assert(
      fc.property(group(version), group(version), (one, other) => {
        const described = (given: GroupContent): string => {
          const [only] = rawPart(told('group_desc', [given], version)).entries;
          return text(lastingGroup(only ?? new Uint8Array(0), version));
        };
        const made = (given: GroupContent): string => {
          return text(
            lastingGroup(encode(groupMod({ ...given, command: 1 }), version, 9).subarray(HEADER_SIZE), version),
          );
        };
        expect(described(one)).toBe(made(one));
        expect(described(one) === described(other)).toBe(made(one) === made(other));
        // A group is never taken for one with another number.
        expect(described({ ...one, groupId: (one.groupId ^ 1) >>> 0 })).not.toBe(described(one));
      }),
    );
  });
});

test('no bytes make it throw anything but its own error', () => {
  const tried = (work: () => unknown): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof OpenFlowError)) throw error;
    }
  };
  let cut = 0;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(...VERSIONS), (bytes, version) => {
      tried(() => rawPart(bytes));
      tried(() => {
        const entry = [0, bytes.length + 2, ...bytes];
        for (const one of rawPart(Uint8Array.from([...new Uint8Array(16), ...entry])).entries) {
          cut += 1;
          lastingFlow(one, version);
          lastingGroup(one, version);
          groupIdOf(one);
          tried(() => decodeFlowEntry(one, version));
          tried(() => decodeGroupDesc(one, version));
        }
      });
      lastingFlow(bytes, version);
    }),
    { numRuns: 3_000 },
  );
  expect(cut).toBeGreaterThan(1_000);
});

test.each([
  ['an entry that is shorter than any', [0, 7], 'Expected an entry of 8 to 8 bytes, got 7'],
  ['an entry that reaches past the end', [0, 9], 'Expected an entry of 8 to 8 bytes, got 9'],
])('%s is named', (_, length, message) => {
  const frame = Uint8Array.from([6, 19, 0, 24, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, ...length, 0, 0, 0, 0, 0, 0]);
  expect(() => rawPart(frame)).toThrow(message);
  expect(() => rawPart(frame.subarray(0, 9))).toThrow(OpenFlowError);
});
