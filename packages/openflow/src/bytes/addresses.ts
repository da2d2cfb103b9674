import { OpenFlowError } from '../errors.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** `aa:bb:cc:dd:ee:ff`, lower case. */
export function readMac(reader: Reader): string {
  const { bytes, pos } = reader;
  reader.skip(6);
  let text = HEX[bytes[pos] as number] as string;
  for (let i = 1; i < 6; i += 1) text += `:${HEX[bytes[pos + i] as number]}`;
  return text;
}

export function writeMac(writer: Writer, mac: string): void {
  if (typeof mac !== 'string' || mac.length !== 17) malformed('a MAC address', mac);
  for (let i = 0; i < 17; i += 3) {
    const byte = (digitAt(mac, i) << 4) | digitAt(mac, i + 1);
    if (byte < 0 || (i < 15 && mac.charCodeAt(i + 2) !== 0x3a)) malformed('a MAC address', mac);
    writer.u8(byte);
  }
}

/** Dotted decimal. */
export function readIpv4(reader: Reader): string {
  const { bytes, pos } = reader;
  reader.skip(4);
  return `${bytes[pos]}.${bytes[pos + 1]}.${bytes[pos + 2]}.${bytes[pos + 3]}`;
}

export function writeIpv4(writer: Writer, address: string): void {
  writer.u32(ipv4Number(address));
}

/** The shortest text, by RFC 5952 section 4: lower case, the first longest run of zero groups as `::`. */
export function readIpv6(reader: Reader): string {
  const groups: number[] = [];
  for (let i = 0; i < 8; i += 1) groups.push(reader.u16());
  const [start, length] = longestZeros(groups);
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  return length < 2 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

/** Takes any text of RFC 4291 section 2.2, the forms with `::` and a dotted end included. */
export function writeIpv6(writer: Writer, address: string): void {
  const halves = typeof address === 'string' ? address.split('::') : [];
  const head = groupsOf(halves[0] ?? '', address, halves.length === 1);
  const tail = groupsOf(halves[1] ?? '', address, true);
  const missing = 8 - head.length - tail.length;
  const valid = halves.length === 2 ? missing >= 1 : halves.length === 1 && missing === 0;
  if (!valid) malformed('an IPv6 address', address);
  for (const group of head) writer.u16(group);
  writer.zeros(missing * 2);
  for (const group of tail) writer.u16(group);
}

/** `ends`: whether the address ends here, where alone a dotted part may stand. */
function groupsOf(half: string, address: string, ends: boolean): readonly number[] {
  if (half === '') return [];
  return half.split(':').flatMap((group, index, all) => {
    if (ends && index === all.length - 1 && group.includes('.')) {
      const number = ipv4Number(group);
      return [number >>> 16, number & 0xffff];
    }
    if (!/^[0-9a-f]{1,4}$/i.test(group)) malformed('an IPv6 address', address);
    return [Number.parseInt(group, 16)];
  });
}

function longestZeros(groups: readonly number[]): readonly [start: number, length: number] {
  let best: readonly [number, number] = [0, 0];
  for (let start = 0; start < groups.length; start += 1) {
    let end = start;
    while (groups[end] === 0) end += 1;
    if (end - start > best[1]) best = [start, end - start];
  }
  return best;
}

function ipv4Number(address: string): number {
  let number = 0;
  let part = -1;
  let parts = 0;
  const { length } = typeof address === 'string' ? address : '';
  for (let i = 0; i <= length; i += 1) {
    const code = i === length ? 0x2e : address.charCodeAt(i);
    if (code >= 0x30 && code <= 0x39) part = (part < 0 ? 0 : part * 10) + code - 0x30;
    else if (code !== 0x2e || part < 0) malformed('an IPv4 address', address);
    else {
      number = number * 256 + part;
      parts += 1;
      part = -1;
    }
    if (part > 255) malformed('an IPv4 address', address);
  }
  if (parts !== 4) malformed('an IPv4 address', address);
  return number;
}

/** The value of a hexadecimal digit; -1, which no shift or union makes positive, if it is none. */
function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function malformed(expected: string, got: unknown): never {
  throw new OpenFlowError('out-of-range', `Expected ${expected}, got ${String(got)}`);
}
