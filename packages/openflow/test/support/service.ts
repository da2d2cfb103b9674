import * as of from '@ballast/openflow';

export const COOKIE = 0xba11a57n;
const output = (port: number): of.Action => ({ type: 'output', port, maxLen: 0 });
export const member = (address: string): readonly of.Action[] => [
  {
    type: 'ct',
    flags: of.NX_CT_F_COMMIT,
    zone: 7,
    table: 3,
    alg: 0,
    actions: [{ type: 'nat', flags: of.NX_NAT_F_DST, ipv4Min: address, protoMin: 80 }],
  },
];
const tcp = { eth_type: 0x0800, ip_proto: 6 };

/** A virtual IP over two members, and more of what a flow can hold. */
export function flows(): readonly of.FlowMod[] {
  const apply = (actions: readonly of.Action[]): readonly of.Instruction[] => [{ type: 'apply_actions', actions }];
  const at = (tableId: number, fields: of.Match, instructions: readonly of.Instruction[]): of.FlowMod =>
    of.flowMod({ cookie: COOKIE, tableId, match: fields, instructions });
  return [
    at(
      0,
      of.match({ ...tcp, ipv4_dst: '10.0.0.100', tcp_dst: 80 }),
      apply([{ type: 'ct', flags: 0, zone: 7, table: 1, alg: 0, actions: [{ type: 'nat', flags: 0 }] }]),
    ),
    at(
      1,
      of.match({ ...tcp, ct_state: { value: 0x21, mask: 0x21 }, tcp_flags: { value: 2, mask: 0x12 } }),
      apply([{ type: 'group', groupId: 5 }]),
    ),
    at(1, of.match({ ct_state: { value: 0x22, mask: 0x22 }, ct_mark: { value: 1, mask: 3 } }), [
      { type: 'goto_table', table: 3 },
    ]),
    at(
      3,
      of.match({ ...tcp, ipv4_dst: { value: '10.0.0.0', mask: '255.255.255.0' } }),
      apply([{ type: 'set_field', field: 'eth_dst', value: '00:00:00:00:00:01' }, { type: 'dec_ttl' }, output(1)]),
    ),
    at(
      4,
      of.match({ eth_type: 0x86dd, ip_proto: 58, icmpv6_type: 135, ipv6_nd_target: 'fd00::1' }),
      apply([output(of.OFPP_CONTROLLER)]),
    ),
    at(5, of.match({ reg1: 4, metadata: { value: 1n, mask: 7n } }), [
      { type: 'write_metadata', metadata: 9n, mask: 15n },
      { type: 'write_actions', actions: [output(2)] },
    ]),
    at(
      6,
      [],
      apply([
        { type: 'copy_field', bits: 16, source: 'reg1', sourceOffset: 0, destination: 'reg2', destinationOffset: 16 },
        { type: 'set_field', field: 'reg3', value: 0x10, mask: 0xf0 },
        { type: 'resubmit', port: of.NX_OFPP_IN_PORT, table: 7 },
      ]),
    ),
    at(
      7,
      of.match({ eth_type: 0x0800 }),
      apply([
        {
          type: 'learn',
          idleTimeout: 10,
          hardTimeout: 0,
          priority: 9,
          cookie: COOKIE,
          flags: 0,
          table: 8,
          finIdleTimeout: 0,
          finHardTimeout: 0,
          specs: [
            { bits: 16, source: { value: 0x0800n }, destination: { kind: 'match', field: 'eth_type', offset: 0 } },
            {
              bits: 32,
              source: { field: 'ipv4_src', offset: 0 },
              destination: { kind: 'match', field: 'ipv4_dst', offset: 0 },
            },
            { bits: 32, source: { field: 'reg1', offset: 0 }, destination: { kind: 'load', field: 'reg2', offset: 0 } },
            { bits: 32, source: { field: 'in_port', offset: 0 }, destination: { kind: 'output' } },
          ],
        },
      ]),
    ),
  ];
}

/** The members, as equal buckets. */
export function addGroup(version: of.Version): of.Body {
  const buckets = ['10.0.0.1', '10.0.0.2'].map((address, bucketId) => ({
    bucketId,
    weight: 1,
    actions: member(address),
  }));
  const selection = version === of.OFP15_VERSION ? { selection: { method: 'dp_hash', param: 0n, fields: [] } } : {};
  return of.groupMod({ groupId: 5, buckets, ...selection });
}
