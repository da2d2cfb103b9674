import { ServiceError } from './errors.ts';

/** Of an IP address: 4 or 6. */
export type Family = 4 | 6;

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;

/**
 * The one way to write an IP address (IPv6 as RFC 5952 has it), so that equal addresses are equal texts.
 * @throws {ServiceError} `service.invalid`
 */
export function canonicalAddress(text: string): string {
  if (IPV4.test(text)) return text;
  if (/^[0-9a-f:.]+$/i.test(text) && text.includes(':') && URL.canParse(`http://[${text}]/`)) {
    return new URL(`http://[${text}]/`).hostname.slice(1, -1);
  }
  throw new ServiceError('service.invalid', `Expected an IPv4 or IPv6 address, got ${JSON.stringify(text)}.`, {
    hint: 'Write it as 10.0.0.5 or fd00::5, without a prefix length or a zone.',
  });
}

export function familyOf(address: string): Family {
  return address.includes(':') ? 6 : 4;
}

/** The bits of a canonical address. */
export function addressBits(address: string): bigint {
  if (familyOf(address) === 4) return address.split('.').reduce((bits, octet) => (bits << 8n) | BigInt(octet), 0n);
  const [head = '', tail] = address.split('::');
  const words = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const left = words(head);
  const right = words(tail ?? '');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].reduce((bits, word) => (bits << 16n) | BigInt(`0x${word}`), 0n);
}

/**
 * A MAC in lower case with colons.
 * @throws {ServiceError} `service.invalid`, also for a group address: no host has one
 */
export function canonicalMac(text: string): string {
  const mac = text.toLowerCase().replaceAll('-', ':');
  if (MAC.test(mac) && (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0) return mac;
  throw new ServiceError('service.invalid', `Expected the MAC address of a host, got ${JSON.stringify(text)}.`, {
    hint: 'Write it as 02:00:00:00:00:05.',
  });
}
