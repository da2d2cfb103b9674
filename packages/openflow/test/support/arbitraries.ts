import {
  type Body,
  type Bucket,
  FIELDS,
  type FieldName,
  type FieldRef,
  type GroupContent,
  type Instruction,
  type Match,
  type MatchField,
  type RawProperty,
  type Version,
} from '@ballast/openflow';
import fc, { type Arbitrary } from 'fast-check';
import { actions } from './actions.ts';

const u8: Arbitrary<number> = fc.integer({ min: 0, max: 0xff });
const u16: Arbitrary<number> = fc.integer({ min: 0, max: 0xffff });
export const u32: Arbitrary<number> = fc.integer({ min: 0, max: 0xffffffff });
const u64: Arbitrary<bigint> = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const bytes = (minLength: number, maxLength: number): Arbitrary<Uint8Array> => fc.uint8Array({ minLength, maxLength });

const octets = (length: number) => fc.array(u8, { minLength: length, maxLength: length });
const mac: Arbitrary<string> = octets(6).map((all) => all.map((byte) => byte.toString(16).padStart(2, '0')).join(':'));
const ipv4: Arbitrary<string> = octets(4).map((all) => all.join('.'));
/** The platform's own serializer says what the shortest text is. */
const ipv6: Arbitrary<string> = fc
  .array(fc.oneof(fc.constant(0), u16), { minLength: 8, maxLength: 8 })
  .map((groups) => new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]`).hostname.slice(1, -1));
const text = (maxLength: number) =>
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

const knownField: Arbitrary<MatchField> = fc.constantFrom(...NAMES).chain((field) => {
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

const fieldRef: Arbitrary<FieldRef> = fc.oneof(
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

/** Of types that no structure gives a meaning to. */
const properties: Arbitrary<readonly RawProperty[]> = fc.array(
  fc.record({ type: fc.integer({ min: 0x100, max: 0xfffe }), data: bytes(0, 17) }),
  { minLength: 1, maxLength: 3 },
);

/** The object with or without what is optional in a version. */
function optionally<T extends object, O extends object>(
  base: Arbitrary<T>,
  more: Arbitrary<O>,
): Arbitrary<T & Partial<O>> {
  return fc
    .tuple(base, more, fc.boolean())
    .map(([fixed, optional, present]) => (present ? { ...fixed, ...optional } : fixed));
}

function instructions(version: Version): Arbitrary<readonly Instruction[]> {
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

const duration = fc.record({ sec: u32, nsec: u32 });

function statistics(version: Version): Arbitrary<object> {
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

function flow(version: Version) {
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

function group(version: Version): Arbitrary<GroupContent> {
  const base = fc.record({ groupType: u8, groupId: u32, buckets: buckets(version) });
  if (version < 6) return base;
  const selection = fc.record({ method: text(15), param: u64, fields: fc.array(knownField, { maxLength: 4 }) });
  return optionally(optionally(base, fc.record({ selection })), fc.record({ properties }));
}

const meterBands = fc.array(
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

const ethernet = fc.record({ curr: u32, advertised: u32, supported: u32, peer: u32, currSpeed: u32, maxSpeed: u32 });

function port(version: Version) {
  const base = fc.record({ portNo: u32, hwAddr: mac, name: text(16), config: u32, state: u32 });
  if (version < 5) return fc.tuple(base, ethernet).map(([all, speeds]) => ({ ...all, ethernet: speeds }));
  return optionally(optionally(base, fc.record({ ethernet })), fc.record({ properties }));
}

function portStats(version: Version) {
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

const list = <K extends string>(kind: K, entry: Arbitrary<unknown>) =>
  fc.record({ kind: fc.constant(kind), entries: fc.array(entry, { maxLength: 3 }) });

function answer(version: Version): Arbitrary<unknown> {
  const four = fc.array(u32, { minLength: 4, maxLength: 4 });
  const counted = fc.array(fc.record({ packetCount: u64, byteCount: u64 }), { maxLength: 3 });
  return fc.oneof(
    list('flow', fc.record({ ...flow(version), statistics: statistics(version), instructions: instructions(version) })),
    list('table', fc.record({ tableId: u8, activeCount: u32, lookupCount: u64, matchedCount: u64 })),
    list('port_stats', portStats(version)),
    list(
      'group',
      fc.record({ groupId: u32, refCount: u32, packetCount: u64, byteCount: u64, duration, buckets: counted }),
    ),
    list('group_desc', group(version)),
    list(
      'meter',
      fc.record({ meterId: u32, refCount: u32, packetInCount: u64, byteInCount: u64, duration, bands: counted }),
    ),
    list('meter_config', fc.record({ flags: u16, meterId: u32, bands: meterBands })),
    list('port_desc', port(version)),
    fc.record({
      kind: fc.constant('desc'),
      manufacturer: text(256),
      hardware: text(256),
      software: text(256),
      serialNumber: text(32),
      datapath: text(256),
    }),
    fc.record({
      kind: fc.constant('aggregate'),
      statistics: version < 6 ? fc.record({ packetCount: u64, byteCount: u64, flowCount: u32 }) : statistics(version),
    }),
    fc.record({ kind: fc.constant('group_features'), types: u32, capabilities: u32, maxGroups: four, actions: four }),
    fc.record(
      {
        kind: fc.constant('meter_features'),
        maxMeter: u32,
        bandTypes: u32,
        capabilities: u32,
        maxBands: u8,
        maxColor: u8,
        features: u32,
      },
      { requiredKeys: ['kind', 'maxMeter', 'bandTypes', 'capabilities', 'maxBands', 'maxColor'] },
    ),
    fc.record({ kind: fc.constant('experimenter'), experimenter: u32, expType: u32, data: bytes(0, 20) }),
    fc.record({
      kind: fc.constant('unknown'),
      multipartType: fc.integer({ min: 20, max: 0xfffe }),
      data: bytes(0, 20),
    }),
  );
}

function query(version: Version): Arbitrary<unknown> {
  const filter = { tableId: u8, outPort: u32, outGroup: u32, cookie: u64, cookieMask: u64, match };
  const later =
    version < 6
      ? []
      : [
          fc.record({ kind: fc.constant('port_desc'), portNo: fc.integer({ min: 0, max: 0xfffffffe }) }),
          fc.record({ kind: fc.constant('group_desc'), groupId: fc.integer({ min: 0, max: 0xfffffffb }) }),
        ];
  return fc.oneof(
    fc.record({
      kind: fc.constantFrom('desc', 'table', 'group_features', 'meter_features', 'port_desc', 'group_desc'),
    }),
    fc.record({ kind: fc.constantFrom('flow', 'aggregate'), ...filter }),
    fc.record({ kind: fc.constant('port_stats'), portNo: u32 }),
    fc.record({ kind: fc.constant('group'), groupId: u32 }),
    fc.record({ kind: fc.constantFrom('meter', 'meter_config'), meterId: u32 }),
    fc.record({ kind: fc.constant('experimenter'), experimenter: u32, expType: u32, data: bytes(0, 20) }),
    fc.record({
      kind: fc.constant('unknown'),
      multipartType: fc.integer({ min: 20, max: 0xfffe }),
      data: bytes(0, 20),
    }),
    ...later,
  );
}

function async(version: Version): Arbitrary<unknown> {
  const type = fc.constantFrom('get_async_reply', 'set_async');
  const events = ['packet_in', 'port_status', 'flow_removed'] as const;
  const roles = ['master', 'slave'] as const;
  if (version < 5) {
    const masks = fc
      .tuple(u32, u32, u32, u32, u32, u32)
      .map((all) => all.map((mask, i) => ({ event: events[i >> 1], role: roles[i & 1], mask })));
    return fc.record({ type, masks });
  }
  const mask = fc.record({
    event: fc.constantFrom(...events, 'role_status', 'table_status', 'requestforward'),
    role: fc.constantFrom(...roles),
    mask: u32,
  });
  return optionally(fc.record({ type, masks: fc.array(mask, { maxLength: 6 }) }), fc.record({ properties }));
}

/** Every family of messages of the version, by name. */
export function families(version: Version): Readonly<Record<string, Arbitrary<Body>>> {
  const raw = fc.oneof(fc.constant([]), properties);
  const data = bytes(0, 40);
  const list = actions(version, fieldRef, knownField);
  const flowMod = fc.record({
    type: fc.constant('flow_mod'),
    ...flow(version),
    cookieMask: u64,
    command: u8,
    bufferId: u32,
    outPort: u32,
    outGroup: u32,
    instructions: instructions(version),
  });
  const groupMod = fc.tuple(group(version), u16, u32).map(([content, command, commandBucketId]) => {
    return { type: 'group_mod', command, ...(version < 6 ? {} : { commandBucketId }), ...content };
  });
  const packetOut = fc.record({ type: fc.constant('packet_out'), bufferId: u32, inPort: u32, actions: list, data });
  const fields = match.filter((all) => all.length > 0 && all.every((field) => field.field !== 'in_port'));
  const all: Record<string, Arbitrary<unknown>> = {
    hello: fc.record(
      {
        type: fc.constant('hello'),
        versions: fc
          .uniqueArray(fc.integer({ min: 0, max: 31 }), { maxLength: 8 })
          .map((list) => list.toSorted((a, b) => a - b)),
        elements: raw,
      },
      { requiredKeys: ['type', 'elements'] },
    ),
    error: fc.record({ type: fc.constant('error'), errorType: fc.integer({ min: 0, max: 0xfffe }), code: u16, data }),
    experimenter_error: fc.record({ type: fc.constant('experimenter_error'), expType: u16, experimenter: u32, data }),
    echo: fc.record({ type: fc.constantFrom('echo_request', 'echo_reply'), data }),
    experimenter: fc.record({ type: fc.constant('experimenter'), experimenter: u32, expType: u32, data }),
    bare: fc.record({
      type: fc.constantFrom(
        'features_request',
        'get_config_request',
        'barrier_request',
        'barrier_reply',
        'get_async_request',
      ),
    }),
    features: fc.record({
      type: fc.constant('features_reply'),
      datapathId: u64,
      buffers: u32,
      tables: u8,
      auxiliaryId: u8,
      capabilities: u32,
      reserved: u32,
    }),
    config: fc.record({ type: fc.constantFrom('get_config_reply', 'set_config'), flags: u16, missSendLen: u16 }),
    packet_in: fc.record({
      type: fc.constant('packet_in'),
      bufferId: u32,
      totalLen: u16,
      reason: u8,
      tableId: u8,
      cookie: u64,
      match,
      data,
    }),
    packet_out: version < 6 ? packetOut : optionally(packetOut, fc.record({ fields })),
    flow_mod: flowMod,
    flow_removed: fc.record({
      type: fc.constant('flow_removed'),
      cookie: u64,
      priority: u16,
      reason: u8,
      tableId: u8,
      idleTimeout: u16,
      hardTimeout: u16,
      match,
      statistics: statistics(version),
    }),
    group_mod: groupMod,
    meter_mod: fc.record({ type: fc.constant('meter_mod'), command: u16, flags: u16, meterId: u32, bands: meterBands }),
    port_status: fc.record({ type: fc.constant('port_status'), reason: u8, port: port(version) }),
    port_mod:
      version < 5
        ? fc.record({ type: fc.constant('port_mod'), portNo: u32, hwAddr: mac, config: u32, mask: u32, advertise: u32 })
        : fc.record(
            {
              type: fc.constant('port_mod'),
              portNo: u32,
              hwAddr: mac,
              config: u32,
              mask: u32,
              advertise: u32,
              properties,
            },
            { requiredKeys: ['type', 'portNo', 'hwAddr', 'config', 'mask'] },
          ),
    role: fc.record({
      type: fc.constantFrom('role_request', 'role_reply'),
      role: u32,
      generationId: u64,
      ...(version < 6 ? {} : { shortId: u16 }),
    }),
    role_status: fc.record({
      type: fc.constant('role_status'),
      role: u32,
      reason: u8,
      generationId: u64,
      properties: raw,
    }),
    async: async(version),
    bundle_control: fc.record({
      type: fc.constant('bundle_control'),
      bundleId: u32,
      control: u16,
      flags: u16,
      properties: raw,
    }),
    bundle_add: fc.record({
      type: fc.constant('bundle_add'),
      bundleId: u32,
      flags: u16,
      message: fc.oneof<Arbitrary<unknown>[]>(flowMod, groupMod, packetOut),
      properties: raw,
    }),
    multipart_request: fc.record({ type: fc.constant('multipart_request'), flags: u16, query: query(version) }),
    multipart_reply: fc.record({ type: fc.constant('multipart_reply'), flags: u16, answer: answer(version) }),
    unknown: fc.record({ type: fc.constant('unknown'), messageType: fc.integer({ min: 35, max: 0xff }), data }),
  };
  return all as Record<string, Arbitrary<Body>>;
}
