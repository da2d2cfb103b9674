import * as of from '@ballast/openflow';

/** A message, and the versions that can say it. */
export interface WireRow {
  readonly name: string;
  readonly body: of.Body;
  /** All, where it is not given. */
  readonly versions?: readonly of.Version[];
}

const data = new Uint8Array(0);
const hello: of.Body = { type: 'hello', versions: [4, 5, 6], elements: [] };
const output = (port: number): of.Action => ({ type: 'output', port, maxLen: 0 });
const flow = (actions: readonly of.Action[], more: Partial<of.FlowMod> = {}): of.Body =>
  of.flowMod({ ...more, instructions: [{ type: 'apply_actions', actions }] });
const matching = (fields: of.Match): of.Body => of.flowMod({ match: fields });
const dnat: of.Action = {
  type: 'ct',
  flags: of.NX_CT_F_COMMIT,
  zone: 7,
  table: 3,
  alg: 0,
  actions: [{ type: 'nat', flags: of.NX_NAT_F_DST, ipv4Min: '10.0.0.1', protoMin: 80 }],
};
const ask = (query: of.MultipartQuery): of.Body => ({ type: 'multipart_request', flags: 0, query });
const answer = (given: of.MultipartAnswer, flags = 0): of.Body => ({ type: 'multipart_reply', flags, answer: given });
const statistics = { duration: { sec: 1, nsec: 5_000_000 }, packetCount: 4n, byteCount: 9n };

const session: readonly WireRow[] = [
  { name: 'hello', body: hello },
  { name: 'error', body: { type: 'error', errorType: 1, code: 10, data: of.encode(of.flowMod({}), 4, 9) } },
  {
    name: 'experimenter error',
    body: { type: 'experimenter_error', expType: 2, experimenter: 0x2320, data: of.encode(hello, 4, 9) },
  },
  { name: 'echo request', body: { type: 'echo_request', data: Uint8Array.of(1, 2, 3) } },
  { name: 'echo reply', body: { type: 'echo_reply', data } },
  { name: 'features request', body: { type: 'features_request' } },
  {
    name: 'features reply',
    body: {
      type: 'features_reply',
      datapathId: 0x2320n,
      buffers: 0,
      tables: 254,
      auxiliaryId: 0,
      capabilities: of.OFPC_FLOW_STATS | of.OFPC_GROUP_STATS,
      reserved: 0,
    },
  },
  { name: 'get config request', body: { type: 'get_config_request' } },
  { name: 'get config reply', body: { type: 'get_config_reply', flags: of.OFPC_FRAG_DROP, missSendLen: 128 } },
  { name: 'set config', body: { type: 'set_config', flags: 0, missSendLen: of.OFPCML_NO_BUFFER } },
  { name: 'barrier request', body: { type: 'barrier_request' } },
  { name: 'barrier reply', body: { type: 'barrier_reply' } },
  { name: 'role request', body: { type: 'role_request', role: of.OFPCR_ROLE_MASTER, generationId: 0x1_0000_0001n } },
  { name: 'role reply', body: { type: 'role_reply', role: of.OFPCR_ROLE_SLAVE, generationId: 3n } },
  {
    name: 'role status',
    body: {
      type: 'role_status',
      role: of.OFPCR_ROLE_SLAVE,
      reason: of.OFPCRR_MASTER_REQUEST,
      generationId: 17n,
      properties: [],
    },
  },
  { name: 'get async request', body: { type: 'get_async_request' } },
  {
    name: 'set async',
    body: {
      type: 'set_async',
      masks: [
        { event: 'packet_in', role: 'master', mask: 1 },
        { event: 'port_status', role: 'slave', mask: 7 },
      ],
    },
  },
  {
    name: 'experimenter',
    body: { type: 'experimenter', experimenter: 0x2320, expType: 20, data: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7) },
  },
];

const packets: readonly WireRow[] = [
  {
    name: 'packet-in',
    body: {
      type: 'packet_in',
      bufferId: of.OFP_NO_BUFFER,
      totalLen: 14,
      reason: of.OFPR_TABLE_MISS,
      tableId: 1,
      cookie: 5n,
      match: of.match({ in_port: 3, reg3: 9 }),
      data: new Uint8Array(14),
    },
  },
  { name: 'packet-out', body: of.packetOut({ inPort: 3, actions: [output(of.OFPP_TABLE)], data: new Uint8Array(14) }) },
  {
    name: 'packet-out from the controller',
    body: of.packetOut({
      actions: [{ type: 'set_field', field: 'eth_dst', value: '00:00:00:00:00:09' }, output(4)],
      data: new Uint8Array(14),
    }),
  },
];

const flows: readonly WireRow[] = [
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

const nicira: readonly WireRow[] = [
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

const matches: readonly WireRow[] = [
  {
    name: 'match of Ethernet',
    body: matching(
      of.match({
        in_port: 4,
        eth_dst: { value: '01:00:00:00:00:00', mask: '01:00:00:00:00:00' },
        eth_src: '00:11:22:33:44:55',
        vlan_vid: of.OFPVID_PRESENT | 9,
        vlan_pcp: 3,
        metadata: { value: 5n, mask: 0xffn },
      }),
    ),
  },
  {
    name: 'match of ARP',
    body: matching(
      of.match({
        eth_type: 0x0806,
        arp_op: 1,
        arp_spa: '10.0.0.1',
        arp_tpa: '10.0.0.2',
        arp_sha: '00:00:00:00:00:01',
        arp_tha: '00:00:00:00:00:02',
      }),
    ),
  },
  {
    name: 'match of ICMP',
    body: matching(of.match({ eth_type: 0x0800, ip_dscp: 10, ip_ecn: 1, ip_proto: 1, icmpv4_type: 8, icmpv4_code: 0 })),
  },
  {
    name: 'match of a neighbour solicitation',
    body: matching(
      of.match({
        eth_type: 0x86dd,
        ip_proto: 58,
        ipv6_src: { value: 'fd00::', mask: 'ffff::' },
        ipv6_dst: 'fd00::2',
        ipv6_flabel: 7,
        icmpv6_type: 135,
        icmpv6_code: 0,
        ipv6_nd_target: 'fd00::3',
        ipv6_nd_sll: '00:00:00:00:00:01',
      }),
    ),
  },
  {
    name: 'match of UDP',
    body: matching(of.match({ eth_type: 0x0800, ip_proto: 17, udp_src: 53, udp_dst: { value: 0x1000, mask: 0xf000 } })),
  },
  { name: 'match of SCTP', body: matching(of.match({ eth_type: 0x0800, ip_proto: 132, sctp_src: 1, sctp_dst: 2 })) },
  {
    name: 'match of MPLS',
    body: matching(of.match({ eth_type: 0x8847, mpls_label: 100, mpls_tc: 3, mpls_bos: 1, mpls_ttl: 9 })),
  },
  {
    name: 'match of a tracked connection',
    body: matching(
      of.match({
        eth_type: 0x0800,
        ip_proto: 6,
        ct_state: { value: of.CS_ESTABLISHED, mask: of.CS_ESTABLISHED },
        ct_zone: 5,
        ct_mark: { value: 1, mask: 3 },
        ct_label: 0x1_0000_0000_0000_0000n,
        ct_nw_proto: 6,
        ct_nw_src: '10.0.0.1',
        ct_nw_dst: '10.0.0.2',
        ct_tp_src: 1,
        ct_tp_dst: 80,
      }),
    ),
  },
  {
    name: 'match of a tunnel',
    body: matching(
      of.match({
        tunnel_id: 5n,
        tun_src: '10.0.0.1',
        tun_dst: '10.0.0.2',
        tun_gbp_id: 4,
        tun_gbp_flags: 1,
        pkt_mark: 9,
      }),
    ),
  },
  {
    name: 'match of a tunnel over IPv6',
    body: matching(of.match({ tun_ipv6_src: 'fd00::1', tun_ipv6_dst: 'fd00::2' })),
  },
  {
    name: 'match of registers',
    body: matching(of.match({ reg0: 1, reg15: { value: 2, mask: 3 }, xxreg1: 5n, xreg5: 6n, conj_id: 7 })),
  },
  { name: 'match of IP', body: matching(of.match({ eth_type: 0x0800, nw_ttl: 3, ip_frag: { value: 1, mask: 3 } })) },
  {
    name: 'match in the older encoding',
    body: matching(
      of.match({
        nxm_of_in_port: 3,
        nxm_of_eth_type: 0x0800,
        nxm_of_ip_src: '10.0.0.1',
        nxm_of_ip_proto: 6,
        nxm_of_tcp_dst: 80,
        nxm_nx_tcp_flags: { value: 2, mask: 2 },
        vlan_tci: { value: 0x1005, mask: 0x1fff },
      }),
    ),
  },
];

const groups: readonly WireRow[] = [
  {
    name: 'group before 1.5',
    versions: [4, 5],
    body: of.groupMod({
      groupId: 5,
      buckets: [
        { weight: 1, actions: [dnat] },
        { weight: 2, actions: [output(3)] },
      ],
    }),
  },
  {
    name: 'group with a selection method',
    versions: [6],
    body: of.groupMod({
      groupId: 5,
      command: of.OFPGC_MODIFY,
      selection: { method: 'dp_hash', param: 0n, fields: [] },
      buckets: [
        { bucketId: 0, weight: 1, actions: [dnat] },
        { bucketId: 1, weight: 1, actions: [output(3)] },
      ],
    }),
  },
  {
    name: 'group with hashed fields',
    versions: [6],
    body: of.groupMod({
      groupId: 6,
      selection: {
        method: 'hash',
        param: 9n,
        fields: of.match({ eth_type: 0xffff, ip_proto: 0xff, ipv4_src: '255.255.255.255' }),
      },
      buckets: [{ bucketId: 0, weight: 1, actions: [output(1)] }],
    }),
  },
  {
    name: 'fast failover group',
    body: of.groupMod({
      groupId: 7,
      groupType: of.OFPGT_FF,
      buckets: [
        { watchPort: 3, actions: [output(3)] },
        { watchPort: 4, watchGroup: 1, actions: [output(4)] },
      ],
    }),
  },
  {
    name: 'insert a bucket',
    versions: [6],
    body: of.groupMod({
      groupId: 5,
      command: of.OFPGC_INSERT_BUCKET,
      commandBucketId: of.OFPG_BUCKET_LAST,
      buckets: [{ bucketId: 9, weight: 3, actions: [output(2)] }],
    }),
  },
  {
    name: 'delete all groups',
    body: of.groupMod({ groupId: of.OFPG_ALL, command: of.OFPGC_DELETE, groupType: of.OFPGT_ALL }),
  },
  {
    name: 'meter',
    body: {
      type: 'meter_mod',
      command: of.OFPMC_ADD,
      flags: of.OFPMF_PKTPS | of.OFPMF_BURST,
      meterId: 3,
      bands: [
        { type: 'drop', rate: 100, burstSize: 10 },
        { type: 'dscp_remark', rate: 200, burstSize: 20, precLevel: 1 },
      ],
    },
  },
  {
    name: 'port mod',
    body: {
      type: 'port_mod',
      portNo: 3,
      hwAddr: '00:00:00:00:00:01',
      config: of.OFPPC_PORT_DOWN,
      mask: of.OFPPC_PORT_DOWN,
      advertise: 1,
    },
  },
  {
    name: 'port status',
    body: {
      type: 'port_status',
      reason: of.OFPPR_MODIFY,
      port: {
        portNo: 2,
        hwAddr: '00:00:00:00:00:02',
        name: 'veth2',
        config: 0,
        state: of.OFPPS_LIVE,
        ethernet: { curr: 0x840, advertised: 0, supported: 0, peer: 0, currSpeed: 10_000_000, maxSpeed: 0 },
      },
    },
  },
  {
    name: 'bundle commit',
    body: {
      type: 'bundle_control',
      bundleId: 4,
      control: of.OFPBCT_COMMIT_REQUEST,
      flags: of.OFPBF_ATOMIC | of.OFPBF_ORDERED,
      properties: [],
    },
  },
  {
    name: 'bundle add',
    body: {
      type: 'bundle_add',
      bundleId: 4,
      flags: of.OFPBF_ATOMIC,
      message: of.flowMod({ priority: 9 }),
      properties: [],
    },
  },
];

const multiparts: readonly WireRow[] = [
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

export const WIRE_ROWS: readonly WireRow[] = [
  ...session,
  ...packets,
  ...flows,
  ...nicira,
  ...matches,
  ...groups,
  ...multiparts,
];
