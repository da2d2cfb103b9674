import { type Action, type FieldName, type Match, match, OFPP_IN_PORT } from '@ballast/openflow';
import type { DesiredFlow } from '../../desired.ts';
import { type Family, familyOf } from '../address.ts';
import { TABLE } from '../identity.ts';
import { apply, ETH_ARP, ETH_TYPE, IP_ICMP, resubmit, row } from './parts.ts';

/** The switch answers for a VIP by itself: who has it (ARP, neighbour discovery), and echo requests. */
export function answerRows(address: string, mac: string): readonly DesiredFlow[] {
  if (familyOf(address) === 4) {
    return [
      answer(200, arpRequest(address), [...arpReply(address, mac), BACK]),
      answer(190, icmp(4, 8, { ipv4_dst: address }), [...echoReply(4, address, mac), BACK]),
    ];
  }
  return [
    answer(200, icmp(6, 135, { ipv6_nd_target: address }), advertisement(address, mac)),
    row(TABLE.advertise, 100, 'answer', icmp(6, 136, { ipv6_nd_target: address }), apply(setTarget(mac), BACK)),
    answer(190, icmp(6, 128, { ipv6_dst: address }), [...echoReply(6, address, mac), BACK]),
  ];
}

function answer(priority: number, fields: Match, actions: readonly Action[]): DesiredFlow {
  return row(TABLE.classify, priority, 'answer', fields, apply(...actions));
}

const BACK: Action = { type: 'output', port: OFPP_IN_PORT, maxLen: 0 };

function arpRequest(address: string): Match {
  return match({ eth_type: ETH_ARP, arp_op: 1, arp_tpa: address });
}

/** ICMP of a type, with what tells whom it is for. */
function icmp(family: Family, type: number, target: Parameters<typeof match>[0]): Match {
  return [
    ...match({ eth_type: ETH_TYPE[family], ip_proto: IP_ICMP[family] }),
    ...match(family === 4 ? { icmpv4_type: type, icmpv4_code: 0 } : { icmpv6_type: type, icmpv6_code: 0 }),
    ...match(target),
  ];
}

/** A whole field into another of its size. */
function copy(bits: number, source: FieldName, destination: FieldName): Action {
  return { type: 'copy_field', bits, source, sourceOffset: 0, destination, destinationOffset: 0 };
}

function backTo(mac: string): readonly Action[] {
  return [copy(48, 'eth_src', 'eth_dst'), { type: 'set_field', field: 'eth_src', value: mac }];
}

/** RFC 826: sender and target change places. */
function arpReply(address: string, mac: string): readonly Action[] {
  return [
    ...backTo(mac),
    { type: 'set_field', field: 'arp_op', value: 2 },
    copy(48, 'arp_sha', 'arp_tha'),
    { type: 'set_field', field: 'arp_sha', value: mac },
    copy(32, 'arp_spa', 'arp_tpa'),
    { type: 'set_field', field: 'arp_spa', value: address },
  ];
}

function echoReply(family: Family, address: string, mac: string): readonly Action[] {
  return [
    ...backTo(mac),
    copy(family === 4 ? 32 : 128, `ipv${family}_src`, `ipv${family}_dst`),
    setAddress(family, address),
    { type: 'set_field', ...(family === 4 ? ICMP_REPLY : ICMPV6_REPLY) },
    { type: 'set_field', field: 'nw_ttl', value: 64 },
  ];
}

const ICMP_REPLY = { field: 'icmpv4_type', value: 0 } as const;
const ICMPV6_REPLY = { field: 'icmpv6_type', value: 129 } as const;

function setAddress(family: Family, value: string): Action {
  return { type: 'set_field', field: `ipv${family}_src`, value };
}

/**
 * Neighbour advertisement (RFC 4861, section 4.4): solicited, overriding, with the target's link-layer address in
 * place of the source's that solicitations carry. That address is set in a table of its own: the field exists in
 * advertisements alone, and Open vSwitch judges it by the match of the row.
 */
function advertisement(address: string, mac: string): readonly Action[] {
  return [
    ...backTo(mac),
    copy(128, 'ipv6_src', 'ipv6_dst'),
    setAddress(6, address),
    setExtension(ND_OPTIONS_TYPE, [2]),
    setExtension(ND_RESERVED, [0x60, 0, 0, 0]),
    { type: 'set_field', field: 'icmpv6_type', value: 136 },
    resubmit(TABLE.advertise),
  ];
}

function setTarget(mac: string): Action {
  return { type: 'set_field', field: 'ipv6_nd_tll', value: mac };
}

// Fields of Open vSwitch 2.11 and later that OpenFlow has not, in an OXM class of Ericsson's: ovs-fields(7),
// "nd_reserved" and "nd_options_type".
const ERICOXM_CLASS = 0x1000;
const ND_RESERVED = 1;
const ND_OPTIONS_TYPE = 2;

function setExtension(number: number, value: readonly number[]): Action {
  const payload = Uint8Array.from(value);
  return { type: 'set_field', field: 'unknown', class: ERICOXM_CLASS, number, hasMask: false, payload };
}
