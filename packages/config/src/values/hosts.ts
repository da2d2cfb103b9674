import { isIP } from 'node:net';
import type { z } from 'zod';
import { type Reading, scalar } from './scalar.ts';

const ADDRESS = 'an IPv4 or IPv6 address, such as 10.0.0.5 or fd00::5';
const MAC = 'the MAC address of a host, such as 02:00:00:00:00:05';
const DATAPATH = 'a datapath id: 1 to 16 hexadecimal digits in quotes, such as "00000000000000a1"';

/** An IP address, in its one form afterwards (IPv6 as RFC 5952 has it). */
export function readAddress(value: unknown): Reading<string> {
  if (typeof value !== 'string') return { expected: ADDRESS };
  const text = value.trim();
  if (isIP(text) === 4) return { value: text };
  // A zone (%eth0) says where an address is heard; a service has none.
  if (isIP(text) === 6 && !text.includes('%')) return { value: new URL(`http://[${text}]/`).hostname.slice(1, -1) };
  const hint = text.includes('/') ? 'Leave out the length of the prefix.' : undefined;
  return { expected: ADDRESS, ...(hint === undefined ? {} : { hint }) };
}

export function address(): z.ZodType<string> {
  return scalar(readAddress, { type: 'string', examples: ['10.0.0.5', 'fd00::5'] });
}

/** In lower case with colons afterwards. */
export function readMac(value: unknown): Reading<string> {
  if (typeof value !== 'string') return { expected: MAC, ...(typeof value === 'number' ? { hint: 'Quote it.' } : {}) };
  const mac = value.trim().toLowerCase().replaceAll('-', ':');
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)) return { expected: MAC };
  const group = (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
  return group ? { expected: MAC, hint: 'This is the address of a group; no host has one.' } : { value: mac };
}

export function mac(): z.ZodType<string> {
  return scalar(readMac, { type: 'string', examples: ['02:00:00:00:00:05'] });
}

/** As `ovs-vsctl get bridge BRIDGE datapath_id` prints it. */
export function readDatapathId(value: unknown): Reading<bigint> {
  // YAML reads digits as a number, and 12e4 as one that is not what was written.
  if (typeof value === 'number') return { expected: DATAPATH, hint: 'Put it in quotes.' };
  if (typeof value !== 'string') return { expected: DATAPATH };
  const digits = /^(?:0x)?([0-9a-f]{1,16})$/i.exec(value.trim())?.[1];
  return digits === undefined ? { expected: DATAPATH } : { value: BigInt(`0x${digits}`) };
}

export function datapathId(): z.ZodType<bigint> {
  return scalar(readDatapathId, {
    type: 'string',
    pattern: '^(0x)?[0-9a-fA-F]{1,16}$',
    examples: ['00000000000000a1'],
  });
}

/** 127.0.0.0/8, ::1 and the name localhost (RFC 6761): what no other machine reaches. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host.toLowerCase() === 'localhost';
}
