import type { Action, FieldRef, MatchField, Version } from '@ballast/openflow';
import fc, { type Arbitrary } from 'fast-check';

const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const ipv4 = fc.array(u8, { minLength: 4, maxLength: 4 }).map((all) => all.join('.'));
const is = <T extends string>(type: T) => fc.constant(type);
/** Data that fills an action up to a multiple of 8 bytes: `over` past one. */
const filling = (over: number) =>
  fc
    .integer({ min: 0, max: 3 })
    .chain((units) => fc.uint8Array({ minLength: over + units * 8, maxLength: over + units * 8 }));

/** Lists of any actions of the version, some of them holding actions. */
export function actions(
  version: Version,
  ref: Arbitrary<FieldRef>,
  field: Arbitrary<MatchField>,
): Arbitrary<readonly Action[]> {
  // A header of 4 bytes has no room for an experimenter's field, and of the names two are such before 1.5.
  const short = ref.filter((one) =>
    typeof one === 'string' ? version >= 6 || !['tcp_flags', 'actset_output'].includes(one) : one.class !== 0xffff,
  );
  const leaf = fc.oneof(...standard(version, ref, field), ...nicira(version, ref, short, field));
  const nested = fc.array(leaf, { maxLength: 3 });
  const range = fc.record({
    field: short,
    offset: fc.integer({ min: 0, max: 1023 }),
    bits: fc.integer({ min: 1, max: 64 }),
  });
  const ct = fc.record(
    {
      type: is('ct'),
      flags: u16,
      zone: fc.oneof(u16, range),
      table: fc.integer({ min: 0, max: 0xfe }),
      alg: u16,
      actions: nested,
    },
    { requiredKeys: ['type', 'flags', 'zone', 'alg', 'actions'] },
  );
  const clone = fc.record({ type: is('clone'), actions: nested });
  return fc.array(fc.oneof({ weight: 8, arbitrary: leaf }, ct, clone), { maxLength: 4 }) as Arbitrary<
    readonly Action[]
  >;
}

function standard(version: Version, ref: Arbitrary<FieldRef>, field: Arbitrary<MatchField>): Arbitrary<unknown>[] {
  return [
    fc.record({ type: is('output'), port: u32, maxLen: u16 }),
    fc.record({
      type: fc.constantFrom('copy_ttl_out', 'copy_ttl_in', 'dec_mpls_ttl', 'dec_ttl', 'pop_vlan', 'pop_pbb'),
    }),
    fc.record({ type: is('group'), groupId: u32 }),
    fc.record({ type: is('set_queue'), queueId: u32 }),
    fc.record({ type: fc.constantFrom('set_mpls_ttl', 'set_nw_ttl'), ttl: u8 }),
    fc.record({ type: fc.constantFrom('push_vlan', 'push_mpls', 'push_pbb', 'pop_mpls'), etherType: u16 }),
    field.map((set) => ({ type: 'set_field', ...set })),
    fc.record({
      type: is('copy_field'),
      bits: u16,
      source: ref,
      sourceOffset: u16,
      destination: ref,
      destinationOffset: u16,
    }),
    fc.record({
      type: is('experimenter'),
      experimenter: fc.integer({ min: 0x10000, max: 0x4f000000 }),
      data: filling(0),
    }),
    fc.record({ type: is('unknown'), actionType: fc.integer({ min: 100, max: 0xfffe }), data: filling(4) }),
    ...(version < 6 ? [] : [fc.record({ type: is('meter'), meterId: u32 })]),
  ];
}

function nicira(
  version: Version,
  ref: Arbitrary<FieldRef>,
  short: Arbitrary<FieldRef>,
  field: Arbitrary<MatchField>,
): Arbitrary<unknown>[] {
  const range = fc.record({
    field: short,
    offset: fc.integer({ min: 0, max: 1023 }),
    bits: fc.integer({ min: 1, max: 64 }),
  });
  const nat = {
    type: is('nat'),
    flags: u16,
    ipv4Min: ipv4,
    ipv4Max: ipv4,
    ipv6Min: fc.constantFrom('fd00::1', '::'),
    ipv6Max: fc.constant('fd00::2:3'),
    protoMin: u16,
    protoMax: u16,
  };
  return [
    fc.record({ type: is('resubmit'), port: u16 }),
    fc.record(
      { type: is('resubmit'), port: u16, table: u8, ct: fc.constant(true) },
      { requiredKeys: ['type', 'port', 'table'] },
    ),
    ...(version < 6 ? until14(ref, range, field) : []),
    fc.record({ type: is('output_reg'), source: range, maxLen: u16 }),
    fc.record({ type: fc.constantFrom('push', 'pop'), field: fc.record({ field: ref, offset: u16, bits: u16 }) }),
    fc.record(nat, { requiredKeys: ['type', 'flags'] }),
    learn(ref, short),
    fc.record({ type: is('note'), data: filling(6) }),
    fc.record({ type: is('conjunction'), clause: u8, clauses: u8, id: u32 }),
    fc.record({ type: is('controller'), maxLen: u16, controllerId: u16, reason: u8 }),
    fc.record({ type: is('fin_timeout'), idleTimeout: u16, hardTimeout: u16 }),
    fc.record({ type: is('dec_ttl_cnt_ids'), controllerIds: fc.array(u16, { maxLength: 5 }) }),
    fc.record({ type: fc.constantFrom('ct_clear', 'exit', 'pop_queue') }),
    fc.record({ type: is('set_tunnel64'), id: u64 }),
  ];
}

function learn(ref: Arbitrary<FieldRef>, short: Arbitrary<FieldRef>): Arbitrary<unknown> {
  const learned = fc.record({ field: short, offset: u16 });
  const spec = fc.integer({ min: 1, max: 200 }).chain((bits) => {
    const value = fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n });
    return fc.record({
      bits: fc.constant(bits),
      source: fc.oneof(learned, fc.record({ value })),
      destination: fc.oneof(
        fc.record({ kind: fc.constantFrom('match', 'load'), field: short, offset: u16 }),
        fc.constant({ kind: 'output' }),
      ),
    });
  });
  const base = {
    type: is('learn'),
    idleTimeout: u16,
    hardTimeout: u16,
    priority: u16,
    cookie: u64,
    table: u8,
    finIdleTimeout: u16,
    finHardTimeout: u16,
    specs: fc.array(spec, { maxLength: 3 }),
  };
  return fc.oneof(
    fc.record({ ...base, flags: u16 }),
    fc.record({ ...base, flags: u16.map((flags) => flags & ~4), limit: u32 }),
    fc.record({
      ...base,
      flags: u16.map((flags) => flags | 4),
      limit: u32,
      result: fc.record({ field: ref, offset: u16 }),
    }),
  );
}

function until14(
  ref: Arbitrary<FieldRef>,
  range: Arbitrary<unknown>,
  field: Arbitrary<MatchField>,
): Arbitrary<unknown>[] {
  const whole = field.filter((set) => set.field !== 'unknown' && set.mask === undefined);
  return [
    fc.record({
      type: is('move'),
      bits: u16,
      source: ref,
      sourceOffset: u16,
      destination: ref,
      destinationOffset: u16,
    }),
    fc.record({ type: is('load'), value: u64, to: range }),
    whole.map((set) => ({ type: 'reg_load2', ...set })),
  ];
}
