import { isIP } from 'node:net';
import { z } from 'zod';
import { type Reading, scalar } from './scalar.ts';

const PROXMOX_PORT = 8006;
const ENDPOINT = 'the address of a node, such as https://pve1.example.com:8006';
const FINGERPRINT = 'a SHA-256 fingerprint: 32 bytes in hexadecimal, such as AB:CD:...';

/** `https://HOST:PORT`, `HOST:PORT` or `HOST`; port 8006 when none is given. */
function readEndpoint(value: unknown): Reading<string> {
  if (typeof value !== 'string' || value.trim() === '') return { expected: ENDPOINT };
  if (value.includes('@')) {
    return {
      expected: ENDPOINT,
      got: 'one with credentials in it (not shown)',
      hint: 'They belong under cluster.auth.',
    };
  }
  if (/^http:/i.test(value)) return { expected: ENDPOINT, hint: 'Proxmox VE answers on https alone.' };
  const url = urlOf(value.trim());
  if (url === undefined || url.protocol !== 'https:') return { expected: ENDPOINT };
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return { expected: ENDPOINT, hint: 'Leave out everything behind the port.' };
  }
  // URL drops a port that is https's own: 443 is told from no port by the text.
  const port = url.port === '' ? (/:443\/?$/.test(value.trim()) ? 443 : PROXMOX_PORT) : Number(url.port);
  return { value: `https://${url.hostname}:${port}` };
}

function urlOf(text: string): URL | undefined {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${isIP(text) === 6 ? `[${text}]` : text}`;
  try {
    return new URL(full);
  } catch {
    return undefined;
  }
}

export function endpoint(): z.ZodType<string> {
  return scalar(readEndpoint, { type: 'string', examples: ['https://pve1.example.com:8006'] });
}

/** A SHA-256 fingerprint, with or without colons; upper case with colons afterwards. */
function readFingerprint(value: unknown): Reading<string> {
  if (typeof value !== 'string') return { expected: FINGERPRINT };
  const digits = value
    .trim()
    .replace(/^sha-?256( fingerprint)?[ :=]/i, '')
    .replaceAll(':', '')
    .toUpperCase();
  if (/^[0-9A-F]{64}$/.test(digits)) return { value: (digits.match(/../g) ?? []).join(':') };
  const hint = /^[0-9A-F]{40}$/.test(digits) ? 'This is a SHA-1 one. ' : '';
  return {
    expected: FINGERPRINT,
    hint: `${hint}A node shows its own by: pvenode cert info`,
  };
}

/** One fingerprint or a list of them: each node has a certificate of its own. */
export function fingerprints(): z.ZodType<readonly string[]> {
  const one = scalar(readFingerprint, { type: 'string' });
  return z.union([one.transform((value) => [value]), z.array(one).min(1)]);
}

export type SocketAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

const SOCKET = 'the path of a socket, or HOST:PORT';

/** `/run/haproxy/admin.sock`, `10.0.0.5:9999` or `[fd00::5]:9999`; `unix:` or `tcp:` may stand before it. */
function readSocket(value: unknown): Reading<SocketAddress> {
  if (typeof value !== 'string') return { expected: SOCKET };
  const text = value.trim();
  const path = /^(?:unix[:@])?(\/.+)$/.exec(text)?.[1];
  if (path !== undefined) return { value: { kind: 'unix', path } };
  const [, ipv6, host, port] = /^(?:tcp:(?:\/\/)?)?(?:\[([^[\]]+)\]|([^[\]:/\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const name = ipv6 ?? host;
  if (name !== undefined && isPort(Number(port))) return { value: { kind: 'tcp', host: name, port: Number(port) } };
  return { expected: SOCKET, hint: 'Such as /run/haproxy/admin.sock or 10.0.0.5:9999.' };
}

export function socketAddress(): z.ZodType<SocketAddress> {
  return scalar(readSocket, { type: 'string', examples: ['/run/haproxy/admin.sock', '10.0.0.5:9999'] });
}

const REST_URL = 'an http or https URL, such as http://127.0.0.1:9770';

/** Where a REST API is. */
function readRestUrl(value: unknown): Reading<string> {
  if (typeof value !== 'string' || !URL.canParse(value.trim())) return { expected: REST_URL };
  const { protocol, username, password, search, hash } = new URL(value.trim());
  if (username !== '' || password !== '') {
    return {
      expected: REST_URL,
      got: 'one with credentials in it (not shown)',
      hint: 'A token belongs under `token`.',
    };
  }
  if (protocol !== 'http:' && protocol !== 'https:') return { expected: REST_URL };
  if (search !== '' || hash !== '') return { expected: REST_URL, hint: 'Leave out everything behind the path.' };
  return { value: value.trim() };
}

export function restUrl(): z.ZodType<string> {
  return scalar(readRestUrl, { type: 'string', pattern: '^https?://', examples: ['http://127.0.0.1:9770'] });
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 65_535;
}

export function port(): z.ZodType<number> {
  return z.int().min(1).max(65_535);
}
