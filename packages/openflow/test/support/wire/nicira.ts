import * as of from '@ballast/openflow';
import { flow, output, type WireRow } from './row.ts';

export const nicira: readonly WireRow[] = [
  {
    name: 'ct with everything',
    body: flow(
      [
        {
          type: 'ct',
          flags: of.NX_CT_F_COMMIT | of.NX_CT_F_FORCE,
          zone: { field: 'reg4', offset: 0, bits: 16 },
          alg: 21,
          actions: [
            { type: 'set_field', field: 'ct_mark', value: 1 },
            {
              type: 'nat',
              flags: of.NX_NAT_F_SRC | of.NX_NAT_F_PROTO_HASH,
              ipv4Min: '10.0.0.1',
              ipv4Max: '10.0.0.9',
              protoMin: 1024,
              protoMax: 2048,
            },
          ],
        },
      ],
      { match: of.match({ eth_type: 0x0800, ip_proto: 6 }) },
    ),
  },
  {
    name: 'nat of IPv6, ct without a commit',
    body: flow(
      [
        {
          type: 'ct',
          flags: of.NX_CT_F_COMMIT,
          zone: 1,
          alg: 0,
          actions: [{ type: 'nat', flags: of.NX_NAT_F_DST, ipv6Min: 'fd00::1', protoMin: 80 }],
        },
        { type: 'ct', flags: 0, zone: 1, table: 2, alg: 0, actions: [{ type: 'nat', flags: 0 }] },
        { type: 'ct_clear' },
      ],
      { match: of.match({ eth_type: 0x86dd, ip_proto: 6 }) },
    ),
  },
  {
    name: 'learn',
    body: flow(
      [
        {
          type: 'learn',
          idleTimeout: 10,
          hardTimeout: 20,
          priority: 5,
          cookie: 0x99n,
          flags: of.NX_LEARN_F_SEND_FLOW_REM,
          table: 4,
          finIdleTimeout: 1,
          finHardTimeout: 2,
          specs: [
            { bits: 16, source: { value: 0x0800n }, destination: { kind: 'match', field: 'eth_type', offset: 0 } },
            {
              bits: 32,
              source: { field: 'ipv4_src', offset: 0 },
              destination: { kind: 'match', field: 'ipv4_src', offset: 0 },
            },
            { bits: 32, source: { field: 'reg1', offset: 0 }, destination: { kind: 'load', field: 'reg2', offset: 0 } },
            { bits: 32, source: { field: 'in_port', offset: 0 }, destination: { kind: 'output' } },
          ],
        },
      ],
      { match: of.match({ eth_type: 0x0800 }) },
    ),
  },
  {
    name: 'learn with a limit',
    body: flow([
      {
        type: 'learn',
        idleTimeout: 0,
        hardTimeout: 0,
        priority: 5,
        cookie: 0n,
        flags: of.NX_LEARN_F_WRITE_RESULT,
        table: 4,
        finIdleTimeout: 0,
        finHardTimeout: 0,
        limit: 100,
        result: { field: 'reg0', offset: 3 },
        specs: [
          {
            bits: 48,
            source: { field: 'eth_src', offset: 0 },
            destination: { kind: 'match', field: 'eth_dst', offset: 0 },
          },
        ],
      },
    ]),
  },
  {
    name: 'registers before 1.5',
    versions: [4, 5],
    body: flow([
      { type: 'move', bits: 16, source: 'reg0', sourceOffset: 16, destination: 'reg1', destinationOffset: 0 },
      { type: 'load', value: 0xabn, to: { field: 'reg2', offset: 4, bits: 8 } },
      { type: 'reg_load2', field: 'reg3', value: 7 },
    ]),
  },
  {
    name: 'registers',
    body: flow([
      { type: 'set_field', field: 'reg7', value: 9 },
      { type: 'push', field: { field: 'reg0', offset: 0, bits: 32 } },
      { type: 'pop', field: { field: 'reg5', offset: 0, bits: 32 } },
      { type: 'output_reg', source: { field: 'reg6', offset: 0, bits: 16 }, maxLen: 0 },
    ]),
  },
  { name: 'set field with a mask', body: flow([{ type: 'set_field', field: 'reg3', value: 0x10, mask: 0xf0 }]) },
  {
    name: 'resubmits',
    body: flow(
      [
        { type: 'resubmit', port: 3 },
        { type: 'resubmit', port: of.NX_OFPP_IN_PORT, table: 5 },
        { type: 'resubmit', port: of.NX_OFPP_IN_PORT, table: 6, ct: true },
      ],
      {
        match: of.match({ eth_type: 0x0800, ct_state: { value: of.CS_TRACKED, mask: of.CS_TRACKED | of.CS_INVALID } }),
      },
    ),
  },
  {
    name: 'the rest of the actions',
    body: flow([
      { type: 'note', data: Uint8Array.of(1, 2, 3, 4, 5, 6) },
      { type: 'controller', maxLen: 100, controllerId: 3, reason: of.OFPR_APPLY_ACTION },
      { type: 'set_tunnel64', id: 0x1_0000_0000n },
      { type: 'pop_queue' },
      { type: 'clone', actions: [output(4)] },
      { type: 'exit' },
    ]),
  },
  {
    name: 'actions on TCP',
    body: flow(
      [
        { type: 'fin_timeout', idleTimeout: 5, hardTimeout: 6 },
        { type: 'dec_ttl_cnt_ids', controllerIds: [1, 2, 3] },
      ],
      { match: of.match({ eth_type: 0x0800, ip_proto: 6 }) },
    ),
  },
  { name: 'conjunction', body: flow([{ type: 'conjunction', clause: 0, clauses: 2, id: 77 }]) },
];
