import * as of from '@ballast/openflow';
import { dnat, flow, output, statistics, type WireRow } from './row.ts';

export const flows: readonly WireRow[] = [
  {
    name: 'flow of a virtual IP',
    body: of.flowMod({
      cookie: 0x1234n,
      tableId: 2,
      priority: 100,
      match: of.match({
        in_port: 1,
        eth_type: 0x0800,
        ip_proto: 6,
        ipv4_dst: { value: '10.0.0.0', mask: '255.255.255.0' },
        tcp_dst: 80,
        tcp_flags: { value: 2, mask: 2 },
        ct_state: { value: of.CS_NEW | of.CS_TRACKED, mask: of.CS_NEW | of.CS_TRACKED },
      }),
      instructions: [
        { type: 'apply_actions', actions: [dnat, { type: 'output', port: of.OFPP_CONTROLLER, maxLen: 128 }] },
        { type: 'write_metadata', metadata: 5n, mask: 15n },
        { type: 'goto_table', table: 3 },
      ],
    }),
  },
  {
    name: 'delete by cookie',
    body: of.flowMod({
      command: of.OFPFC_DELETE,
      tableId: of.OFPTT_ALL,
      cookie: 0x1234n,
      cookieMask: 0xffffn,
      outPort: 7,
    }),
  },
  {
    name: 'modify strictly',
    body: of.flowMod({
      command: of.OFPFC_MODIFY_STRICT,
      idleTimeout: 5,
      hardTimeout: 60,
      flags: of.OFPFF_SEND_FLOW_REM,
      instructions: [{ type: 'clear_actions' }, { type: 'write_actions', actions: [{ type: 'group', groupId: 9 }] }],
    }),
  },
  { name: 'flow importance', versions: [5, 6], body: of.flowMod({ importance: 7 }) },
  { name: 'meter instruction', versions: [4, 5], body: of.flowMod({ instructions: [{ type: 'meter', meterId: 4 }] }) },
  { name: 'meter action', versions: [6], body: flow([{ type: 'meter', meterId: 4 }, output(1)]) },
  {
    name: 'flow removed',
    body: {
      type: 'flow_removed',
      cookie: 3n,
      priority: 7,
      reason: of.OFPRR_IDLE_TIMEOUT,
      tableId: 2,
      idleTimeout: 5,
      hardTimeout: 0,
      match: of.match({ in_port: 1 }),
      statistics,
    },
  },
  {
    name: 'plain actions',
    body: flow([
      { type: 'push_vlan', etherType: 0x8100 },
      { type: 'set_field', field: 'vlan_vid', value: of.OFPVID_PRESENT | 5 },
      { type: 'pop_vlan' },
      { type: 'set_queue', queueId: 2 },
      output(of.OFPP_IN_PORT),
    ]),
  },
  {
    name: 'actions on IP',
    body: flow(
      [
        { type: 'dec_ttl' },
        { type: 'set_nw_ttl', ttl: 64 },
        { type: 'set_field', field: 'ipv4_src', value: '10.0.0.9' },
        output(2),
      ],
      { match: of.match({ eth_type: 0x0800 }) },
    ),
  },
  {
    name: 'actions on MPLS',
    body: flow(
      [
        { type: 'push_mpls', etherType: 0x8847 },
        { type: 'set_mpls_ttl', ttl: 9 },
        { type: 'dec_mpls_ttl' },
        { type: 'pop_mpls', etherType: 0x0800 },
        output(2),
      ],
      { match: of.match({ eth_type: 0x0800 }) },
    ),
  },
  {
    name: 'copy field',
    body: flow([
      { type: 'copy_field', bits: 16, source: 'reg1', sourceOffset: 16, destination: 'reg2', destinationOffset: 0 },
    ]),
  },
];
