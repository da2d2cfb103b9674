import type { Bucket, GroupContent, Instruction, RawProperty, Version } from '@ballast/openflow';
import fc, { type Arbitrary } from 'fast-check';
import { actions } from './actions.ts';
import { bytes, fieldRef, knownField, mac, match, text, u8, u16, u32, u64 } from './fields.ts';

/** Of types that no structure gives a meaning to. */
export const properties: Arbitrary<readonly RawProperty[]> = fc.array(
  fc.record({ type: fc.integer({ min: 0x100, max: 0xfffe }), data: bytes(0, 17) }),
  { minLength: 1, maxLength: 3 },
);

/** The object with or without what is optional in a version. */
export function optionally<T extends object, O extends object>(
  base: Arbitrary<T>,
  more: Arbitrary<O>,
): Arbitrary<T & Partial<O>> {
  return fc
    .tuple(base, more, fc.boolean())
    .map(([fixed, optional, present]) => (present ? { ...fixed, ...optional } : fixed));
}

export function instructions(version: Version): Arbitrary<readonly Instruction[]> {
  const list = actions(version, fieldRef, knownField);
  return fc.array(
    fc.oneof<Arbitrary<Instruction>[]>(
      fc.record({ type: fc.constant('goto_table' as const), table: u8 }),
      fc.record({ type: fc.constant('write_metadata' as const), metadata: u64, mask: u64 }),
      fc.record({ type: fc.constantFrom('write_actions' as const, 'apply_actions' as const), actions: list }),
      fc.constant({ type: 'clear_actions' }),
      fc.record({ type: fc.constant('meter' as const), meterId: u32 }),
      fc.record({ type: fc.constant('experimenter' as const), experimenter: u32, data: wholeUnits(0) }),
      fc.record({
        type: fc.constant('unknown' as const),
        instructionType: fc.integer({ min: 8, max: 0xfffe }),
        data: wholeUnits(4),
      }),
    ),
    { maxLength: 4 },
  );
}

/** Data that fills a structure up to a multiple of 8 bytes: `over` past one. */
function wholeUnits(over: number): Arbitrary<Uint8Array> {
  return fc.integer({ min: 0, max: 3 }).chain((units) => bytes(over + units * 8, over + units * 8));
}

export const duration = fc.record({ sec: u32, nsec: u32 });

export function statistics(version: Version): Arbitrary<object> {
  if (version < 6) return fc.record({ duration, packetCount: u64, byteCount: u64 });
  const unknown = fc.array(fc.record({ class: fc.constant(0x8003), field: u8, payload: bytes(0, 9) }), {
    minLength: 1,
    maxLength: 2,
  });
  return fc.record(
    { duration, idleTime: duration, packetCount: u64, byteCount: u64, flowCount: u32, unknown },
    { requiredKeys: [] },
  );
}

export function flow(version: Version) {
  return {
    idleTimeout: u16,
    hardTimeout: u16,
    priority: u16,
    flags: u16,
    cookie: u64,
    match,
    tableId: u8,
    importance: version < 5 ? fc.constant(0) : u16,
  };
}

function buckets(version: Version): Arbitrary<readonly Bucket[]> {
  const list = actions(version, fieldRef, knownField);
  const nonzero = fc.integer({ min: 1, max: 0xffff });
  const notAny = fc.integer({ min: 0, max: 0xfffffffe });
  const bucket = { actions: list, weight: nonzero, watchPort: notAny, watchGroup: notAny };
  const any =
    version < 6
      ? fc.record(bucket, { requiredKeys: ['actions'] })
      : fc.record(
          { ...bucket, bucketId: u32, weight: u16, watchPort: u32, watchGroup: u32, properties },
          { requiredKeys: ['actions', 'bucketId'] },
        );
  return fc.array(any, { maxLength: 3 });
}

export function group(version: Version): Arbitrary<GroupContent> {
  const base = fc.record({ groupType: u8, groupId: u32, buckets: buckets(version) });
  if (version < 6) return base;
  const selection = fc.record({ method: text(15), param: u64, fields: fc.array(knownField, { maxLength: 4 }) });
  return optionally(optionally(base, fc.record({ selection })), fc.record({ properties }));
}

export const meterBands = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('drop' as const), rate: u32, burstSize: u32 }),
    fc.record({ type: fc.constant('dscp_remark' as const), rate: u32, burstSize: u32, precLevel: u8 }),
    fc.record({
      type: fc.constant('unknown' as const),
      bandType: fc.integer({ min: 3, max: 0xffff }),
      rate: u32,
      burstSize: u32,
      data: bytes(0, 12),
    }),
  ),
  { maxLength: 3 },
);

const ethernet = fc.record({
  curr: u32,
  advertised: u32,
  supported: u32,
  peer: u32,
  currSpeed: u32,
  maxSpeed: u32,
});

export function port(version: Version) {
  const base = fc.record({ portNo: u32, hwAddr: mac, name: text(16), config: u32, state: u32 });
  if (version < 5) return fc.tuple(base, ethernet).map(([all, speeds]) => ({ ...all, ethernet: speeds }));
  return optionally(optionally(base, fc.record({ ethernet })), fc.record({ properties }));
}

export function portStats(version: Version) {
  const counters = {
    rxPackets: u64,
    txPackets: u64,
    rxBytes: u64,
    txBytes: u64,
    rxDropped: u64,
    txDropped: u64,
    rxErrors: u64,
    txErrors: u64,
  };
  const base = fc.record({ portNo: u32, duration, ...counters });
  const errors = fc.record({
    ethernet: fc.record({ rxFrameErr: u64, rxOverErr: u64, rxCrcErr: u64, collisions: u64 }),
  });
  if (version < 5) return fc.tuple(base, errors).map(([all, more]) => ({ ...all, ...more }));
  return optionally(optionally(base, errors), fc.record({ properties }));
}
