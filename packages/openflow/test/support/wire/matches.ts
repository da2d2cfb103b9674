import * as of from '@ballast/openflow';
import { matching, type WireRow } from './row.ts';

export const matches: readonly WireRow[] = [
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
