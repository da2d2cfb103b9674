import {
  CS_ESTABLISHED,
  CS_NEW,
  CS_RELATED,
  CS_REPLY_DIR,
  CS_TRACKED,
  type FieldName,
  fieldValue,
  type Match,
} from '@ballast/openflow';
import { renderField } from '../services/render.ts';
import { ETH_ARP, ETH_RARP, ETH_TYPE, IP_ICMP, IP_PROTO } from '../services/rows/parts.ts';
import type { MemberNames } from './names.ts';

/** Fields that the sentence below speaks of. */
const SPOKEN: ReadonlySet<string> = new Set<FieldName>([
  'eth_type',
  'arp_op',
  'arp_spa',
  'arp_tpa',
  'ip_proto',
  'ipv4_src',
  'ipv4_dst',
  'ipv6_src',
  'ipv6_dst',
  'ipv6_nd_target',
  'tcp_src',
  'tcp_dst',
  'udp_src',
  'udp_dst',
  'icmpv4_type',
  'icmpv4_code',
  'icmpv6_type',
  'icmpv6_code',
  'ct_state',
  'reg1',
  'xreg0',
]);

/** Which packets a row is about: `TCP that opens a connection to 10.9.0.100 port 80`. */
export function packetsOf(match: Match, names: MemberNames): string {
  const parts = [
    kindOf(match),
    connectionOf(match),
    endOf('from', match, 'src'),
    endOf('to', match, 'dst'),
    ...[fieldValue(match, 'arp_spa')].filter(isSet).map((address) => `from ${address}`),
    ...[fieldValue(match, 'arp_tpa'), fieldValue(match, 'ipv6_nd_target')]
      .filter(isSet)
      .map((address) => `for ${address}`),
    memberOf(match, names),
    ...match.filter(({ field }) => !SPOKEN.has(field)).map((field) => `with ${renderField(field)}`),
  ];
  return parts.filter(isSet).join(' ');
}

function connectionOf(match: Match): string | undefined {
  const state = fieldValue(match, 'ct_state');
  if (state === undefined) return undefined;
  if ((state & CS_ESTABLISHED) !== 0) return 'of open connections';
  if ((state & CS_RELATED) !== 0) return 'about open connections';
  if ((state & CS_REPLY_DIR) !== 0) return 'that replies';
  // With more bits its first packet has come before.
  return state === (CS_NEW | CS_TRACKED) ? 'that opens a connection' : 'of connections bound before';
}

function kindOf(match: Match): string {
  const type = fieldValue(match, 'eth_type');
  if (type === ETH_ARP) return fieldValue(match, 'arp_op') === 1 ? 'ARP requests' : 'ARP';
  if (type === ETH_RARP) return 'RARP';
  const protocol = fieldValue(match, 'ip_proto');
  if (protocol === IP_PROTO.tcp) return 'TCP';
  if (protocol === IP_PROTO.udp) return 'UDP';
  if (protocol === IP_ICMP[4] || protocol === IP_ICMP[6]) return icmpOf(match);
  if (type === ETH_TYPE[4]) return 'IPv4';
  if (type === ETH_TYPE[6]) return 'IPv6';
  return match.length === 0 ? 'everything else' : 'packets';
}

/** RFC 792, RFC 4443, RFC 4861. */
const ICMP: Readonly<Record<string, string>> = {
  '4 8': 'pings',
  '6 128': 'pings',
  '6 135': 'neighbour solicitations',
  '6 136': 'neighbour advertisements',
};

function icmpOf(match: Match): string {
  const [v4, v6] = [fieldValue(match, 'icmpv4_type'), fieldValue(match, 'icmpv6_type')];
  const type = v4 ?? v6;
  return ICMP[`${v4 === undefined ? 6 : 4} ${type}`] ?? (type === undefined ? 'ICMP' : `ICMP errors of type ${type}`);
}

function endOf(word: string, match: Match, side: 'src' | 'dst'): string | undefined {
  const address = fieldValue(match, `ipv4_${side}`) ?? fieldValue(match, `ipv6_${side}`);
  const port = fieldValue(match, `tcp_${side}`) ?? fieldValue(match, `udp_${side}`);
  const end = [address, port === undefined ? undefined : `port ${port}`].filter(isSet).join(' ');
  return end === '' ? undefined : `${word} ${end}`;
}

/** Register 1 names the member; a switch may tell it as the second half of the pair that it is in. */
function memberOf(match: Match, names: MemberNames): string | undefined {
  const pair = fieldValue(match, 'xreg0');
  const id = fieldValue(match, 'reg1') ?? (pair === undefined ? undefined : Number(pair & 0xffff_ffffn));
  return id === undefined ? undefined : `chosen for ${names.member(id)}`;
}

function isSet<T>(value: T | undefined): value is T {
  return value !== undefined;
}
