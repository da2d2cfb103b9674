import type { Version } from '@ballast/openflow';
import fc, { type Arbitrary } from 'fast-check';
import { bytes, match, text, u8, u16, u32, u64 } from './fields.ts';
import { duration, flow, group, instructions, meterBands, port, portStats, statistics } from './structures.ts';

const list = <K extends string>(kind: K, entry: Arbitrary<unknown>) =>
  fc.record({ kind: fc.constant(kind), entries: fc.array(entry, { maxLength: 3 }) });

export function answer(version: Version): Arbitrary<unknown> {
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

export function query(version: Version): Arbitrary<unknown> {
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
