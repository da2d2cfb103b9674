import { addressBits, familyOf } from '../services/address.ts';

/** Who asks: an address of Ballast's own, such as a VIP, with the MAC that it has. */
export interface Asker {
  readonly address: string;
  readonly mac: string;
}

/**
 * A frame that makes a host say where it is: an ARP request (RFC 826), or a neighbour solicitation (RFC 4861, section
 * 4.3). It comes from an address that is in use: one without a sender would tell a host that is just checking whether
 * its address is free (RFC 5227, RFC 4862) that it is not. Both addresses are of one family.
 */
export function solicitation(asker: Asker, address: string): Uint8Array {
  return familyOf(address) === 4 ? arpRequest(asker, address) : neighbourSolicitation(asker, address);
}

const BROADCAST = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

function arpRequest({ address, mac }: Asker, target: string): Uint8Array {
  const sender = bytesOfMac(mac);
  // Ethernet header; hardware type 1, protocol 0x0800, lengths 6 and 4, operation 1.
  const header = [...BROADCAST, ...sender, 0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1];
  const body = [...sender, ...bytesOf(address, 4), 0, 0, 0, 0, 0, 0, ...bytesOf(target, 4)];
  return padded([...header, ...body]);
}

function neighbourSolicitation({ address, mac }: Asker, target: string): Uint8Array {
  const source = bytesOf(address, 16);
  const wanted = bytesOf(target, 16);
  const sender = bytesOfMac(mac);
  // Solicited-node multicast (RFC 4291, section 2.7.1), and the MAC for it (RFC 2464, section 7).
  const low = wanted.slice(13);
  const group = [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, ...low];
  const message = [135, 0, 0, 0, 0, 0, 0, 0, ...wanted, 1, 1, ...sender];
  const sum = checksum([...source, ...group, 0, 0, 0, message.length, 0, 0, 0, 58, ...message]);
  message[2] = sum >> 8;
  message[3] = sum & 0xff;
  // Hop limit 255: one that was routed is not answered.
  const header = [0x60, 0, 0, 0, 0, message.length, 58, 255, ...source, ...group];
  return padded([0x33, 0x33, 0xff, ...low, ...sender, 0x86, 0xdd, ...header, ...message]);
}

/** RFC 1071, over an even number of bytes. */
function checksum(bytes: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

/** The least that Ethernet carries is 60 bytes. */
function padded(bytes: readonly number[]): Uint8Array {
  const frame = new Uint8Array(Math.max(60, bytes.length));
  frame.set(bytes);
  return frame;
}

function bytesOfMac(mac: string): number[] {
  return mac.split(':').map((byte) => Number.parseInt(byte, 16));
}

function bytesOf(address: string, length: 4 | 16): number[] {
  const bits = addressBits(address);
  return Array.from({ length }, (_, i) => Number((bits >> BigInt((length - 1 - i) * 8)) & 0xffn));
}
