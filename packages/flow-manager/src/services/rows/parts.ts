import {
  type Action,
  type FieldName,
  type Instruction,
  type Match,
  match,
  NX_OFPP_IN_PORT,
  OFPP_NORMAL,
} from '@ballast/openflow';
import type { DesiredFlow } from '../../desired.ts';
import type { Family } from '../address.ts';
import { CT_ZONE, cookieOf, type Purpose } from '../identity.ts';
import type { VirtualService } from '../model.ts';

/** Ether types and IP protocols (IANA's registries). */
export const ETH_ARP = 0x0806;
export const ETH_RARP = 0x8035;
export const ETH_TYPE: Readonly<Record<Family, number>> = { 4: 0x0800, 6: 0x86dd };
export const IP_PROTO = { tcp: 6, udp: 17 } as const;
export const IP_ICMP: Readonly<Record<Family, number>> = { 4: 1, 6: 58 };

export type Protocol = VirtualService['protocol'];

export const NORMAL: Action = { type: 'output', port: OFPP_NORMAL, maxLen: 0 };

/** A row of a table, with its cookie. */
export function row(
  table: number,
  priority: number,
  purpose: Purpose,
  fields: Match,
  instructions: readonly Instruction[],
  service?: string,
): DesiredFlow {
  return { table, priority, cookie: cookieOf(purpose, service), match: fields, instructions };
}

export function apply(...actions: readonly Action[]): readonly Instruction[] {
  return [{ type: 'apply_actions', actions }];
}

export function goto(table: number): readonly Instruction[] {
  return [{ type: 'goto_table', table }];
}

export function resubmit(table: number): Action {
  return { type: 'resubmit', port: NX_OFPP_IN_PORT, table };
}

/** Through connection tracking, what it translated before translated again, on to `table`. */
export function track(table: number): Action {
  return { type: 'ct', flags: 0, zone: CT_ZONE, table, alg: 0, actions: [{ type: 'nat', flags: 0 }] };
}

/** The fields of IP packets from or to an address. */
export function ipMatch(family: Family, side: 'src' | 'dst', address: string): Match {
  const name = `ipv${family}_${side}` as const;
  return match({ eth_type: ETH_TYPE[family], [name]: address });
}

/** The fields of a protocol's packets from or to an address and port. */
export function flowMatch(
  family: Family,
  protocol: Protocol,
  side: 'src' | 'dst',
  address: string,
  port: number,
): Match {
  const ip: FieldName = `ipv${family}_${side}`;
  const transport: FieldName = `${protocol}_${side}`;
  return match({ eth_type: ETH_TYPE[family], ip_proto: IP_PROTO[protocol], [ip]: address, [transport]: port });
}

/** Bits of ct_state that are to be set, among those that matter. */
export function ctState(bits: number): Match {
  return match({ ct_state: { value: bits, mask: bits } });
}
