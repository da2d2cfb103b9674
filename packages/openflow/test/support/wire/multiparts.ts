import * as of from '@ballast/openflow';
import { answer, ask, dnat, output, statistics, type WireRow } from './row.ts';

export const multiparts: readonly WireRow[] = [
  { name: 'ask for the description', body: ask({ kind: 'desc' }) },
  {
    name: 'ask for flows',
    body: ask({
      kind: 'flow',
      ...of.flowFilter({ tableId: 2, cookie: 0x10n, cookieMask: 0xf0n, match: of.match({ in_port: 1 }) }),
    }),
  },
  { name: 'ask for a sum', body: ask({ kind: 'aggregate', ...of.flowFilter({ outGroup: 3 }) }) },
  { name: 'ask for tables', body: ask({ kind: 'table' }) },
  { name: 'ask for port counters', body: ask({ kind: 'port_stats', portNo: of.OFPP_ANY }) },
  { name: 'ask for group counters', body: ask({ kind: 'group', groupId: 5 }) },
  { name: 'ask for groups', body: ask({ kind: 'group_desc' }) },
  { name: 'ask for one group', versions: [6], body: ask({ kind: 'group_desc', groupId: 5 }) },
  { name: 'ask for group features', body: ask({ kind: 'group_features' }) },
  { name: 'ask for ports', body: ask({ kind: 'port_desc' }) },
  { name: 'ask for meters', body: ask({ kind: 'meter', meterId: of.OFPM_ALL }) },
  { name: 'ask for meter configuration', body: ask({ kind: 'meter_config', meterId: 3 }) },
  { name: 'ask for meter features', body: ask({ kind: 'meter_features' }) },
  {
    name: 'description',
    body: answer({
      kind: 'desc',
      manufacturer: 'Nicira, Inc.',
      hardware: 'Open vSwitch',
      software: '3.1.0',
      serialNumber: 'None',
      datapath: 'br0',
    }),
  },
  {
    name: 'flows',
    body: answer(
      {
        kind: 'flow',
        entries: [
          {
            tableId: 0,
            priority: 3,
            idleTimeout: 1,
            hardTimeout: 2,
            flags: of.OFPFF_SEND_FLOW_REM,
            importance: 0,
            cookie: 3n,
            statistics,
            match: of.match({ in_port: 3 }),
            instructions: [{ type: 'goto_table', table: 2 }],
          },
          {
            tableId: 1,
            priority: 0,
            idleTimeout: 0,
            hardTimeout: 0,
            flags: 0,
            importance: 0,
            cookie: 0n,
            statistics,
            match: [],
            instructions: [],
          },
        ],
      },
      of.OFPMPF_MORE,
    ),
  },
  { name: 'sum', body: answer({ kind: 'aggregate', statistics: { packetCount: 5n, byteCount: 6n, flowCount: 7 } }) },
  {
    name: 'tables',
    body: answer({ kind: 'table', entries: [{ tableId: 0, activeCount: 9, lookupCount: 10n, matchedCount: 8n }] }),
  },
  {
    name: 'port counters',
    body: answer({
      kind: 'port_stats',
      entries: [
        {
          portNo: 2,
          duration: { sec: 10, nsec: 0 },
          rxPackets: 1n,
          txPackets: 2n,
          rxBytes: 3n,
          txBytes: 4n,
          rxDropped: 5n,
          txDropped: 6n,
          rxErrors: 7n,
          txErrors: 8n,
          ethernet: { rxFrameErr: 9n, rxOverErr: 10n, rxCrcErr: 11n, collisions: 12n },
        },
      ],
    }),
  },
  {
    name: 'group counters',
    body: answer({
      kind: 'group',
      entries: [
        {
          groupId: 5,
          refCount: 2,
          packetCount: 30n,
          byteCount: 40n,
          duration: { sec: 3, nsec: 0 },
          buckets: [
            { packetCount: 10n, byteCount: 15n },
            { packetCount: 20n, byteCount: 25n },
          ],
        },
      ],
    }),
  },
  {
    name: 'groups',
    body: answer({
      kind: 'group_desc',
      entries: [
        { groupId: 5, groupType: of.OFPGT_SELECT, buckets: [{ weight: 3, actions: [dnat] }] },
        { groupId: 6, groupType: of.OFPGT_INDIRECT, buckets: [{ actions: [output(1)] }] },
      ],
    }),
  },
  {
    name: 'group features',
    body: answer({
      kind: 'group_features',
      types: 15,
      capabilities: 7,
      maxGroups: [1, 2, 3, 4],
      actions: [1, 1, 1, 1],
    }),
  },
  {
    name: 'ports',
    body: answer({
      kind: 'port_desc',
      entries: [
        {
          portNo: 1,
          hwAddr: '00:00:00:00:00:01',
          name: 'eth0',
          config: of.OFPPC_NO_FWD,
          state: of.OFPPS_LINK_DOWN,
          ethernet: { curr: 0x820, advertised: 0, supported: 0, peer: 0, currSpeed: 1_000_000, maxSpeed: 10_000_000 },
        },
      ],
    }),
  },
  {
    name: 'meters',
    body: answer({
      kind: 'meter',
      entries: [
        {
          meterId: 3,
          refCount: 1,
          packetInCount: 2n,
          byteInCount: 3n,
          duration: { sec: 4, nsec: 0 },
          bands: [{ packetCount: 5n, byteCount: 6n }],
        },
      ],
    }),
  },
  {
    name: 'meter configuration',
    body: answer({
      kind: 'meter_config',
      entries: [{ meterId: 3, flags: of.OFPMF_KBPS, bands: [{ type: 'drop', rate: 9, burstSize: 0 }] }],
    }),
  },
  {
    name: 'meter features',
    body: answer({ kind: 'meter_features', maxMeter: 100, bandTypes: 2, capabilities: 15, maxBands: 1, maxColor: 0 }),
  },
];
