import { canonicalAddress } from '../services/address.ts';

/** A host that announced itself: by its address, or by its MAC alone. */
export interface Sighting {
  readonly mac: string;
  readonly address?: string;
}

const ETH_VLAN = [0x8100, 0x88a8];
const ETH_ARP = 0x0806;
const ETH_RARP = 0x8035;
const ETH_IPV6 = 0x86dd;
const IP_ICMPV6 = 58;
const NEIGHBOUR_ADVERTISEMENT = 136;

/**
 * Who speaks in a frame: the sender of ARP (RFC 826), the target of a neighbour advertisement (RFC 4861), or who sent a
 * reverse ARP, as QEMU does for a guest that has arrived. `undefined` for any other frame, for one that is cut off, and
 * for one whose sender is no host (an address probe has none yet).
 */
export function sightingOf(frame: Uint8Array): Sighting | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 14) return undefined;
  let at = 12;
  while (at + 6 <= frame.length && ETH_VLAN.includes(view.getUint16(at))) at += 4;
  const type = view.getUint16(at);
  const body = at + 2;
  const sighting = READERS.get(type)?.(frame, view, body);
  return sighting !== undefined && isHost(sighting.mac) ? sighting : undefined;
}

type FrameReader = (frame: Uint8Array, view: DataView, body: number) => Sighting | undefined;

const READERS: ReadonlyMap<number, FrameReader> = new Map<number, FrameReader>([
  [ETH_ARP, readArp],
  [ETH_RARP, (frame) => ({ mac: macAt(frame, 6) })],
  [ETH_IPV6, readAdvertisement],
]);

/** Ethernet and IPv4 alone: hardware type 1, protocol 0x0800, lengths 6 and 4. */
function readArp(frame: Uint8Array, view: DataView, body: number): Sighting | undefined {
  if (frame.length < body + 28 || view.getUint32(body) !== 0x0001_0800 || view.getUint16(body + 4) !== 0x0604) {
    return undefined;
  }
  const address = [...frame.subarray(body + 14, body + 18)].join('.');
  return address === '0.0.0.0' ? undefined : { mac: macAt(frame, body + 8), address };
}

function readAdvertisement(frame: Uint8Array, view: DataView, body: number): Sighting | undefined {
  const message = body + 40;
  if (frame.length < message + 24 || frame[body + 6] !== IP_ICMPV6 || frame[message] !== NEIGHBOUR_ADVERTISEMENT) {
    return undefined;
  }
  const words = Array.from({ length: 8 }, (_, i) => view.getUint16(message + 8 + i * 2).toString(16));
  // The option with the target's own address; without it, what the frame came from.
  const optioned = frame.length >= message + 32 && frame[message + 24] === 2 && frame[message + 25] === 1;
  return { mac: macAt(frame, optioned ? message + 26 : 6), address: canonicalAddress(words.join(':')) };
}

function macAt(frame: Uint8Array, at: number): string {
  return Array.from(frame.subarray(at, at + 6), (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function isHost(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0 && mac !== '00:00:00:00:00:00';
}
