import { FIELDS, type FieldName, type FieldRef, type Match, type MatchField } from '@ballast/openflow';
import fc, { type Arbitrary } from 'fast-check';

export const u8: Arbitrary<number> = fc.integer({ min: 0, max: 0xff });
export const u16: Arbitrary<number> = fc.integer({ min: 0, max: 0xffff });
export const u32: Arbitrary<number> = fc.integer({ min: 0, max: 0xffffffff });
export const u64: Arbitrary<bigint> = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
export const bytes = (minLength: number, maxLength: number): Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength, maxLength });

const octets = (length: number) => fc.array(u8, { minLength: length, maxLength: length });
export const mac: Arbitrary<string> = octets(6).map((all) =>
  all.map((byte) => byte.toString(16).padStart(2, '0')).join(':'),
);
const ipv4: Arbitrary<string> = octets(4).map((all) => all.join('.'));
/** The platform's own serializer says what the shortest text is. */
const ipv6: Arbitrary<string> = fc
  .array(fc.oneof(fc.constant(0), u16), { minLength: 8, maxLength: 8 })
  .map((groups) => new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]`).hostname.slice(1, -1));
export const text = (maxLength: number) =>
  fc.string({ maxLength, unit: fc.integer({ min: 32, max: 126 }).map((c) => String.fromCharCode(c)) });

const VALUES = {
  u8,
  u16,
  u24: fc.integer({ min: 0, max: 0xffffff }),
  u32,
  u64,
  u128: fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
  mac,
  ipv4,
  ipv6,
};

const NAMES = Object.keys(FIELDS) as FieldName[];

export const knownField: Arbitrary<MatchField> = fc.constantFrom(...NAMES).chain((field) => {
  const value: Arbitrary<unknown> = VALUES[FIELDS[field][2]];
  return fc.oneof(
    fc.record({ field: fc.constant(field), value }),
    fc.record({ field: fc.constant(field), value, mask: value }),
  );
}) as Arbitrary<MatchField>;

const unknownField: Arbitrary<MatchField> = fc.record({
  field: fc.constant('unknown' as const),
  class: fc.constantFrom(0x0002, 0x7fff, 0x8003, 0xffff),
  number: fc.integer({ min: 0, max: 0x7f }),
  hasMask: fc.boolean(),
  payload: bytes(0, 12),
});

export const match: Arbitrary<Match> = fc.array(fc.oneof({ weight: 6, arbitrary: knownField }, unknownField), {
  maxLength: 6,
});

export const fieldRef: Arbitrary<FieldRef> = fc.oneof(
  fc.constantFrom(...NAMES),
  fc.record({
    class: fc.constantFrom(0x0002, 0x7fff),
    number: fc.integer({ min: 0, max: 0x7f }),
    hasMask: fc.boolean(),
    length: u8,
  }),
  fc.record({
    class: fc.constant(0xffff),
    number: fc.integer({ min: 0, max: 0x7f }),
    hasMask: fc.boolean(),
    length: u8,
    experimenter: fc.integer({ min: 1, max: 0x00ffffff }),
  }),
);
