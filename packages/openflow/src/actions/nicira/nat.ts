import { readIpv4, readIpv6, writeIpv4, writeIpv6 } from '../../bytes/addresses.ts';
import type { Reader } from '../../bytes/reader.ts';
import type { Writer } from '../../bytes/writer.ts';
import * as n from '../numbers.ts';
import type { Nat } from '../types.ts';

const KNOWN_RANGE = 0x3f;

/** The parts of a range, in the order of the wire. `undefined` for parts that this codec does not know. */
export function readNat(reader: Reader): Nat | undefined {
  reader.skip(2);
  const flags = reader.u16();
  const present = reader.u16();
  if ((present & ~KNOWN_RANGE) !== 0) return undefined;
  const nat: Nat = {
    type: 'nat',
    flags,
    ...((present & n.NX_NAT_RANGE_IPV4_MIN) !== 0 && { ipv4Min: readIpv4(reader) }),
    ...((present & n.NX_NAT_RANGE_IPV4_MAX) !== 0 && { ipv4Max: readIpv4(reader) }),
    ...((present & n.NX_NAT_RANGE_IPV6_MIN) !== 0 && { ipv6Min: readIpv6(reader) }),
    ...((present & n.NX_NAT_RANGE_IPV6_MAX) !== 0 && { ipv6Max: readIpv6(reader) }),
    ...((present & n.NX_NAT_RANGE_PROTO_MIN) !== 0 && { protoMin: reader.u16() }),
    ...((present & n.NX_NAT_RANGE_PROTO_MAX) !== 0 && { protoMax: reader.u16() }),
  };
  if (reader.left > 7) reader.fail('bad-length', `Expected padding alone, got ${reader.left} bytes more`);
  reader.skip(reader.left);
  return nat;
}

export function writeNat(writer: Writer, nat: Nat): number {
  writer.zeros(2);
  writer.u16(nat.flags);
  writer.u16(presentIn(nat));
  if (nat.ipv4Min !== undefined) writeIpv4(writer, nat.ipv4Min);
  if (nat.ipv4Max !== undefined) writeIpv4(writer, nat.ipv4Max);
  if (nat.ipv6Min !== undefined) writeIpv6(writer, nat.ipv6Min);
  if (nat.ipv6Max !== undefined) writeIpv6(writer, nat.ipv6Max);
  if (nat.protoMin !== undefined) writer.u16(nat.protoMin);
  if (nat.protoMax !== undefined) writer.u16(nat.protoMax);
  return n.NXAST_NAT;
}

function presentIn(nat: Nat): number {
  return (
    (nat.ipv4Min === undefined ? 0 : n.NX_NAT_RANGE_IPV4_MIN) |
    (nat.ipv4Max === undefined ? 0 : n.NX_NAT_RANGE_IPV4_MAX) |
    (nat.ipv6Min === undefined ? 0 : n.NX_NAT_RANGE_IPV6_MIN) |
    (nat.ipv6Max === undefined ? 0 : n.NX_NAT_RANGE_IPV6_MAX) |
    (nat.protoMin === undefined ? 0 : n.NX_NAT_RANGE_PROTO_MIN) |
    (nat.protoMax === undefined ? 0 : n.NX_NAT_RANGE_PROTO_MAX)
  );
}
