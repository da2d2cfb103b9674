import { HaproxyError } from './errors.ts';

/** Where a runtime socket is. */
export type HaproxyAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/**
 * Reads an address as people write it: a path, or `host:port`, or `[ipv6]:port`; `unix:` and `tcp:` may stand before it.
 * @throws {HaproxyError} `haproxy-options`
 */
export function parseHaproxyAddress(text: string): HaproxyAddress {
  const unix = /^(?:unix[:@])?([./].*)$/.exec(text);
  if (unix !== null) return { kind: 'unix', path: unix[1] ?? '' };
  const tcp = /^(?:tcp:(?:\/\/)?)?(?:\[([^[\]]+)\]|([^[\]:/\s]+)):(\d{1,5})$/.exec(text);
  const port = Number(tcp?.[3]);
  if (tcp !== null && isPort(port)) return { kind: 'tcp', host: tcp[1] ?? tcp[2] ?? '', port };
  throw new HaproxyError(
    'haproxy-options',
    `Expected address to be the path of a socket or host:port, got ${JSON.stringify(text)}.`,
    { hint: 'Such as /run/haproxy/admin.sock, 10.0.0.5:9999 or [fd00::5]:9999.' },
  );
}

/** Names a socket in messages. */
export function placeOf(address: HaproxyAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return address.host.includes(':') ? `tcp:[${address.host}]:${address.port}` : `tcp:${address.host}:${address.port}`;
}

export function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
}
