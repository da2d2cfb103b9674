import { StoreError } from '../errors.ts';

/** Where a Redis is: one server, the master that Sentinels name, or a Cluster. */
export interface RedisAddress {
  readonly kind: 'server' | 'sentinel' | 'cluster';
  readonly tls: boolean;
  /** Of the server, of the Sentinels, or of some nodes of the Cluster. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  /** What the Sentinels call the master. */
  readonly master?: string;
  /** Number of the database; a Cluster has one alone. */
  readonly database: number;
}

const FORMS =
  'redis://HOST:PORT/DATABASE, redis+sentinel://HOST:PORT,HOST:PORT/MASTER or redis+cluster://HOST:PORT,HOST:PORT (rediss for TLS)';
const SHAPE = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/([^/?#]+)(?:\/([^?#]*))?$/;

/**
 * Reads the address of a Redis. User and password are no part of it.
 * @throws {StoreError} `store-address`, which never repeats what stood before an `@`
 */
export function parseRedisAddress(url: string): RedisAddress {
  const found = SHAPE.exec(url);
  const [, scheme = '', kind = 'server', hosts = '', path = ''] = found ?? [];
  if (hosts.includes('@')) throw wrong('one without user and password, which have settings of their own', url);
  if (found === null) throw wrong(`one of ${FORMS}`, url);
  const given = {
    tls: scheme === 'rediss',
    hosts: hosts.split(',').map((text) => hostOf(text, kind === 'sentinel' ? 26_379 : 6_379, url)),
  };
  switch (kind) {
    case 'sentinel':
      if (path === '') throw wrong('the name of the master after the Sentinels, such as /mymaster', url);
      return { kind, ...given, master: path, database: 0 };
    case 'cluster':
      if (path !== '') throw wrong('no database: a Cluster has one alone', url);
      return { kind, ...given, database: 0 };
    default:
      if (given.hosts.length > 1) throw wrong('one server; several are redis+sentinel:// or redis+cluster://', url);
      if (!/^\d{0,5}$/.test(path)) throw wrong(`a number as the database, got ${JSON.stringify(path)}`, url);
      return { kind: 'server', ...given, database: Number(path) };
  }
}

/** For messages: the hosts alone. */
export function nameOfRedis({ hosts, master }: RedisAddress): string {
  const all = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(', ');
  return master === undefined ? `Redis at ${all}` : `Redis ${master} of the Sentinels at ${all}`;
}

function hostOf(text: string, standard: number, url: string): RedisAddress['hosts'][number] {
  const found = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text);
  const host = found?.[1] ?? found?.[2];
  const port = found?.[3] === undefined ? standard : Number(found[3]);
  if (host === undefined || port < 1 || port > 65_535) throw wrong(`HOST:PORT, got ${JSON.stringify(text)}`, url);
  return { host, port };
}

function wrong(expected: string, url: string): StoreError {
  const shown = url.replace(/\/\/[^/]*@/, '//[redacted]@');
  return new StoreError('store-address', `Expected the address of a Redis to be ${expected} (${shown}).`, {
    hint: `It is one of ${FORMS}.`,
  });
}
