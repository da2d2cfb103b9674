/**
 * The match fields by name: OXM class, field number, and the form of the value.
 *
 * Names are the specification's, lower case and without its prefix (OpenFlow 1.5.1 section 7.2.3.8, table 12);
 * fields of Open vSwitch go by the names that ovs-fields(7) gives them. A field that exists in both encodings carries
 * the prefix of the older one: `nxm_of_eth_src`, `nxm_nx_tun_id`.
 */
export const FIELDS = {
  // OFPXMC_OPENFLOW_BASIC
  in_port: [0x8000, 0, 'u32'],
  in_phy_port: [0x8000, 1, 'u32'],
  metadata: [0x8000, 2, 'u64'],
  eth_dst: [0x8000, 3, 'mac'],
  eth_src: [0x8000, 4, 'mac'],
  eth_type: [0x8000, 5, 'u16'],
  vlan_vid: [0x8000, 6, 'u16'],
  vlan_pcp: [0x8000, 7, 'u8'],
  ip_dscp: [0x8000, 8, 'u8'],
  ip_ecn: [0x8000, 9, 'u8'],
  ip_proto: [0x8000, 10, 'u8'],
  ipv4_src: [0x8000, 11, 'ipv4'],
  ipv4_dst: [0x8000, 12, 'ipv4'],
  tcp_src: [0x8000, 13, 'u16'],
  tcp_dst: [0x8000, 14, 'u16'],
  udp_src: [0x8000, 15, 'u16'],
  udp_dst: [0x8000, 16, 'u16'],
  sctp_src: [0x8000, 17, 'u16'],
  sctp_dst: [0x8000, 18, 'u16'],
  icmpv4_type: [0x8000, 19, 'u8'],
  icmpv4_code: [0x8000, 20, 'u8'],
  arp_op: [0x8000, 21, 'u16'],
  arp_spa: [0x8000, 22, 'ipv4'],
  arp_tpa: [0x8000, 23, 'ipv4'],
  arp_sha: [0x8000, 24, 'mac'],
  arp_tha: [0x8000, 25, 'mac'],
  ipv6_src: [0x8000, 26, 'ipv6'],
  ipv6_dst: [0x8000, 27, 'ipv6'],
  ipv6_flabel: [0x8000, 28, 'u32'],
  icmpv6_type: [0x8000, 29, 'u8'],
  icmpv6_code: [0x8000, 30, 'u8'],
  ipv6_nd_target: [0x8000, 31, 'ipv6'],
  ipv6_nd_sll: [0x8000, 32, 'mac'],
  ipv6_nd_tll: [0x8000, 33, 'mac'],
  mpls_label: [0x8000, 34, 'u32'],
  mpls_tc: [0x8000, 35, 'u8'],
  mpls_bos: [0x8000, 36, 'u8'],
  pbb_isid: [0x8000, 37, 'u24'],
  tunnel_id: [0x8000, 38, 'u64'],
  ipv6_exthdr: [0x8000, 39, 'u16'],
  pbb_uca: [0x8000, 41, 'u8'],
  tcp_flags: [0x8000, 42, 'u16'],
  actset_output: [0x8000, 43, 'u32'],
  packet_type: [0x8000, 44, 'u32'],
  // OFPXMC_PACKET_REGS
  xreg0: [0x8001, 0, 'u64'],
  xreg1: [0x8001, 1, 'u64'],
  xreg2: [0x8001, 2, 'u64'],
  xreg3: [0x8001, 3, 'u64'],
  xreg4: [0x8001, 4, 'u64'],
  xreg5: [0x8001, 5, 'u64'],
  xreg6: [0x8001, 6, 'u64'],
  xreg7: [0x8001, 7, 'u64'],
  // NXM_OF: the fields of OpenFlow 1.0, still met in learn, move and output actions
  nxm_of_in_port: [0x0000, 0, 'u16'],
  nxm_of_eth_dst: [0x0000, 1, 'mac'],
  nxm_of_eth_src: [0x0000, 2, 'mac'],
  nxm_of_eth_type: [0x0000, 3, 'u16'],
  vlan_tci: [0x0000, 4, 'u16'],
  nxm_of_ip_tos: [0x0000, 5, 'u8'],
  nxm_of_ip_proto: [0x0000, 6, 'u8'],
  nxm_of_ip_src: [0x0000, 7, 'ipv4'],
  nxm_of_ip_dst: [0x0000, 8, 'ipv4'],
  nxm_of_tcp_src: [0x0000, 9, 'u16'],
  nxm_of_tcp_dst: [0x0000, 10, 'u16'],
  nxm_of_udp_src: [0x0000, 11, 'u16'],
  nxm_of_udp_dst: [0x0000, 12, 'u16'],
  nxm_of_icmp_type: [0x0000, 13, 'u8'],
  nxm_of_icmp_code: [0x0000, 14, 'u8'],
  nxm_of_arp_op: [0x0000, 15, 'u16'],
  nxm_of_arp_spa: [0x0000, 16, 'ipv4'],
  nxm_of_arp_tpa: [0x0000, 17, 'ipv4'],
  // NXM_NX: the fields of Open vSwitch
  reg0: [0x0001, 0, 'u32'],
  reg1: [0x0001, 1, 'u32'],
  reg2: [0x0001, 2, 'u32'],
  reg3: [0x0001, 3, 'u32'],
  reg4: [0x0001, 4, 'u32'],
  reg5: [0x0001, 5, 'u32'],
  reg6: [0x0001, 6, 'u32'],
  reg7: [0x0001, 7, 'u32'],
  reg8: [0x0001, 8, 'u32'],
  reg9: [0x0001, 9, 'u32'],
  reg10: [0x0001, 10, 'u32'],
  reg11: [0x0001, 11, 'u32'],
  reg12: [0x0001, 12, 'u32'],
  reg13: [0x0001, 13, 'u32'],
  reg14: [0x0001, 14, 'u32'],
  reg15: [0x0001, 15, 'u32'],
  nxm_nx_tun_id: [0x0001, 16, 'u64'],
  nxm_nx_arp_sha: [0x0001, 17, 'mac'],
  nxm_nx_arp_tha: [0x0001, 18, 'mac'],
  nxm_nx_ipv6_src: [0x0001, 19, 'ipv6'],
  nxm_nx_ipv6_dst: [0x0001, 20, 'ipv6'],
  nxm_nx_icmpv6_type: [0x0001, 21, 'u8'],
  nxm_nx_icmpv6_code: [0x0001, 22, 'u8'],
  nxm_nx_nd_target: [0x0001, 23, 'ipv6'],
  nxm_nx_nd_sll: [0x0001, 24, 'mac'],
  nxm_nx_nd_tll: [0x0001, 25, 'mac'],
  ip_frag: [0x0001, 26, 'u8'],
  nxm_nx_ipv6_label: [0x0001, 27, 'u32'],
  nxm_nx_ip_ecn: [0x0001, 28, 'u8'],
  nw_ttl: [0x0001, 29, 'u8'],
  mpls_ttl: [0x0001, 30, 'u8'],
  tun_src: [0x0001, 31, 'ipv4'],
  tun_dst: [0x0001, 32, 'ipv4'],
  pkt_mark: [0x0001, 33, 'u32'],
  nxm_nx_tcp_flags: [0x0001, 34, 'u16'],
  dp_hash: [0x0001, 35, 'u32'],
  recirc_id: [0x0001, 36, 'u32'],
  conj_id: [0x0001, 37, 'u32'],
  tun_gbp_id: [0x0001, 38, 'u16'],
  tun_gbp_flags: [0x0001, 39, 'u8'],
  tun_flags: [0x0001, 104, 'u16'],
  ct_state: [0x0001, 105, 'u32'],
  ct_zone: [0x0001, 106, 'u16'],
  ct_mark: [0x0001, 107, 'u32'],
  ct_label: [0x0001, 108, 'u128'],
  tun_ipv6_src: [0x0001, 109, 'ipv6'],
  tun_ipv6_dst: [0x0001, 110, 'ipv6'],
  xxreg0: [0x0001, 111, 'u128'],
  xxreg1: [0x0001, 112, 'u128'],
  xxreg2: [0x0001, 113, 'u128'],
  xxreg3: [0x0001, 114, 'u128'],
  ct_nw_proto: [0x0001, 119, 'u8'],
  ct_nw_src: [0x0001, 120, 'ipv4'],
  ct_nw_dst: [0x0001, 121, 'ipv4'],
  ct_ipv6_src: [0x0001, 122, 'ipv6'],
  ct_ipv6_dst: [0x0001, 123, 'ipv6'],
  ct_tp_src: [0x0001, 124, 'u16'],
  ct_tp_dst: [0x0001, 125, 'u16'],
} as const;

export type FieldName = keyof typeof FIELDS;

/** The form of a field's value: unsigned numbers by their bits, and the addresses. */
export type FieldKind = 'u8' | 'u16' | 'u24' | 'u32' | 'u64' | 'u128' | 'mac' | 'ipv4' | 'ipv6';

/** Up to 32 bits a number, past that a bigint; addresses are text. */
export type FieldValue<N extends FieldName> = ValueOf<(typeof FIELDS)[N][2]>;

type ValueOf<K extends FieldKind> = K extends 'u64' | 'u128'
  ? bigint
  : K extends 'mac' | 'ipv4' | 'ipv6'
    ? string
    : number;

/** A row of the table with what the codec needs of it. */
export interface FieldSpec {
  readonly name: FieldName;
  readonly class: number;
  readonly number: number;
  readonly kind: FieldKind;
  /** Of the value alone, in bytes. */
  readonly size: number;
}

const SIZES: Readonly<Record<FieldKind, number>> = {
  u8: 1,
  u16: 2,
  u24: 3,
  u32: 4,
  u64: 8,
  u128: 16,
  mac: 6,
  ipv4: 4,
  ipv6: 16,
};

const specs = Object.entries(FIELDS).map(([name, [cls, number, kind]]): FieldSpec => {
  return { name: name as FieldName, class: cls, number, kind, size: SIZES[kind] };
});

const byName: ReadonlyMap<string, FieldSpec> = new Map(specs.map((spec) => [spec.name, spec]));

// Every packet-in looks fields up by class and number: four plain arrays, no hashing.
const byNumber = [0x0000, 0x0001, 0x8000, 0x8001].map((cls) => {
  const row: (FieldSpec | undefined)[] = Array.from({ length: 128 }, () => undefined);
  for (const spec of specs) if (spec.class === cls) row[spec.number] = spec;
  return row;
});

export function fieldNamed(name: string): FieldSpec | undefined {
  return byName.get(name);
}

export function fieldNumbered(cls: number, number: number): FieldSpec | undefined {
  const row = cls < 2 ? cls : cls === 0x8000 || cls === 0x8001 ? cls - 0x8000 + 2 : -1;
  return row < 0 ? undefined : byNumber[row]?.[number];
}
