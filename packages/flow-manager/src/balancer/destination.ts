import { canonicalAddress } from '../services/address.ts';

const ETH_VLAN = [0x8100, 0x88a8];
const PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [6, 'tcp'],
  [17, 'udp'],
]);

/**
 * Where a TCP or UDP packet goes, such as `tcp 10.9.0.100 80`. `undefined` for other packets, for later fragments (they
 * carry no port), for IPv6 with extension headers, and for what is cut off.
 */
export function destinationOf(frame: Uint8Array): string | undefined {
  if (frame.length < 14) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  let at = 12;
  while (at + 6 <= frame.length && ETH_VLAN.includes(view.getUint16(at))) at += 4;
  const type = view.getUint16(at);
  if (type === 0x0800) return ofIpv4(frame, view, at + 2);
  return type === 0x86dd ? ofIpv6(frame, view, at + 2) : undefined;
}

function ofIpv4(frame: Uint8Array, view: DataView, at: number): string | undefined {
  const header = at + ((frame[at] ?? 0) & 0xf) * 4;
  if (frame.length < at + 20 || frame.length < header + 4 || (view.getUint16(at + 6) & 0x1fff) !== 0) return undefined;
  const address = `${frame[at + 16]}.${frame[at + 17]}.${frame[at + 18]}.${frame[at + 19]}`;
  return named(frame[at + 9], address, view.getUint16(header + 2));
}

function ofIpv6(frame: Uint8Array, view: DataView, at: number): string | undefined {
  if (frame.length < at + 44) return undefined;
  const words = Array.from({ length: 8 }, (_, i) => view.getUint16(at + 24 + i * 2).toString(16));
  return named(frame[at + 6], canonicalAddress(words.join(':')), view.getUint16(at + 42));
}

function named(number: number | undefined, address: string, port: number): string | undefined {
  const protocol = PROTOCOLS.get(number ?? 0);
  return protocol === undefined ? undefined : `${protocol} ${address} ${port}`;
}
