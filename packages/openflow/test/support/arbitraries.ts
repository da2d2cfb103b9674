import type { Body, Version } from '@ballast/openflow';
import fc, { type Arbitrary } from 'fast-check';
import { actions } from './actions.ts';
import { bytes, fieldRef, knownField, mac, match, u8, u16, u32, u64 } from './fields.ts';
import { answer, query } from './multiparts.ts';
import { flow, group, instructions, meterBands, optionally, port, properties, statistics } from './structures.ts';

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
