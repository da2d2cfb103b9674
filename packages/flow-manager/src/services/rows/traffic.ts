import {
  type Action,
  CS_DST_NAT,
  CS_ESTABLISHED,
  CS_NEW,
  CS_RELATED,
  CS_REPLY_DIR,
  CS_TRACKED,
  type Match,
  match,
} from '@ballast/openflow';
import type { DesiredFlow } from '../../desired.ts';
import { type Family, familyOf } from '../address.ts';
import { type Purpose, TABLE } from '../identity.ts';
import {
  apply,
  ctState,
  ETH_TYPE,
  flowMatch,
  goto,
  IP_ICMP,
  ipMatch,
  NORMAL,
  type Protocol,
  row,
  track,
} from './parts.ts';

/** ICMP errors, which tell about a connection (RFC 792, RFC 4443): unreachable, too big, time exceeded, parameter. */
const ICMP_ERRORS: Readonly<Record<Family, readonly number[]>> = { 4: [3, 11, 12], 6: [1, 2, 3, 4] };

/** What all services share: open connections go to their member, replies to the client, the rest as in any switch. */
export function sharedRows(): readonly DesiredFlow[] {
  const open = CS_TRACKED | CS_ESTABLISHED;
  const related = CS_TRACKED | CS_RELATED;
  // The first packet of a connection came again, or one way alone has packets: it has its member already.
  const again = CS_TRACKED | CS_NEW | CS_DST_NAT;
  return [
    row(TABLE.classify, 0, 'default', [], apply(NORMAL)),
    ...[open, related, again].map((state) => row(TABLE.forward, 100, 'forward', ctState(state), goto(TABLE.placement))),
    row(TABLE.forward, 0, 'default', [], []),
    row(TABLE.reverse, 0, 'default', [], apply(NORMAL)),
    row(TABLE.placement, 0, 'default', [], []),
  ];
}

/** All that goes to a VIP's address and to no service of it is dropped: no host has the address, and NORMAL would flood. */
export function vipRows(address: string, mac: string): readonly DesiredFlow[] {
  const family = familyOf(address);
  const hide: Action = { type: 'set_field', field: 'eth_src', value: mac };
  const reply = [...ctState(CS_TRACKED | CS_REPLY_DIR), ...ipMatch(family, 'src', address)];
  return [
    ...icmpErrors(family, 130, match({ [`ipv${family}_dst`]: address }), TABLE.forward, 'classify'),
    row(TABLE.classify, 100, 'classify', ipMatch(family, 'dst', address), []),
    row(TABLE.reverse, 100, 'return', reply, apply(hide, NORMAL)),
  ];
}

/** Packets to the service, through connection tracking. */
export function classifyRow(
  service: string,
  protocol: Protocol,
  vip: { readonly address: string; readonly port: number },
): DesiredFlow {
  const fields = flowMatch(familyOf(vip.address), protocol, 'dst', vip.address, vip.port);
  return row(TABLE.classify, 150, 'classify', fields, apply(track(TABLE.forward)), service);
}

/** Packets that come from a member's port: replies, if connection tracking knows them; else left as they are. */
export function returnRow(protocol: Protocol, address: string, port: number): DesiredFlow {
  const fields = flowMatch(familyOf(address), protocol, 'src', address, port);
  return row(TABLE.classify, 140, 'return', fields, apply(track(TABLE.reverse)));
}

/**
 * Errors that hosts and routers report about packets to members, as those about packets to the VIP for the client:
 * connection tracking knows the connection by the packet that they quote. Other errors go on as they are.
 */
export function errorRows(family: Family): readonly DesiredFlow[] {
  return icmpErrors(family, 120, [], TABLE.reverse, 'return');
}

function icmpErrors(
  family: Family,
  priority: number,
  more: Match,
  table: number,
  purpose: Purpose,
): readonly DesiredFlow[] {
  return ICMP_ERRORS[family].map((type) => {
    const fields: Match = [
      ...match({ eth_type: ETH_TYPE[family], ip_proto: IP_ICMP[family] }),
      ...more,
      ...match({ [family === 4 ? 'icmpv4_type' : 'icmpv6_type']: type }),
    ];
    return row(TABLE.classify, priority, purpose, fields, apply(track(table)));
  });
}
