import { checkName } from '../names.ts';

export interface LaunchedServer {
  readonly name: string;
  /** 127.0.0.1 when it is left out. */
  readonly address?: string;
  readonly port: number;
  /** 0..256; HAProxy's own 1 when it is left out. */
  readonly weight?: number;
  /** Further words of the line, such as `check inter 500ms` or `disabled`. */
  readonly keywords?: string;
}

/** A backend with a frontend of its own, which listens on a port of the loopback. */
export interface LaunchedBackend {
  readonly name: string;
  readonly servers: readonly LaunchedServer[];
  /** `http` when it is left out. */
  readonly mode?: 'http' | 'tcp';
  /** `roundrobin` when it is left out. */
  readonly balance?: string;
  /** Further lines of the section, such as `cookie S insert`. */
  readonly lines?: readonly string[];
}

/** HAProxy's levels of a runtime socket. */
export type SocketLevel = 'user' | 'operator' | 'admin';

/** Everything a configuration is written from. */
export interface LaunchedConfiguration {
  readonly backends: readonly LaunchedBackend[];
  /** Ports of the frontends, in the order of the backends. */
  readonly ports: readonly number[];
  readonly socket: { readonly path: string; readonly tcpPort: number; readonly level: SocketLevel };
}

/**
 * The text of a haproxy.cfg.
 * @throws {HaproxyError} `haproxy-bad-name`
 */
export function renderConfiguration({ backends, ports, socket }: LaunchedConfiguration): string {
  const lines = [
    'global',
    '  maxconn 4096',
    `  stats socket ${quote(socket.path)} mode 600 level ${socket.level}`,
    `  stats socket ipv4@127.0.0.1:${socket.tcpPort} level ${socket.level}`,
    // Bounds the life of a process that was reloaded away while a client keeps its connection.
    '  hard-stop-after 30s',
    'defaults',
    '  timeout connect 2s',
    '  timeout client 30s',
    '  timeout server 30s',
    '  timeout queue 10s',
    '  retries 3',
    '  option redispatch 1',
  ];
  backends.forEach((backend, index) => {
    lines.push(...section(backend, ports[index] ?? 0));
  });
  return `${lines.join('\n')}\n`;
}

function section(backend: LaunchedBackend, port: number): readonly string[] {
  const name = checkName('backend', backend.name);
  const mode = backend.mode ?? 'http';
  return [
    // Not the backend's own name: HAProxy 3.3 and later refuse to have it twice.
    `frontend ${name}-in`,
    `  mode ${mode}`,
    `  bind 127.0.0.1:${port}`,
    `  default_backend ${name}`,
    `backend ${name}`,
    `  mode ${mode}`,
    `  balance ${backend.balance ?? 'roundrobin'}`,
    ...(backend.lines ?? []).map((line) => `  ${line}`),
    ...backend.servers.map(serverLine),
  ];
}

function serverLine({ name, address = '127.0.0.1', port, weight, keywords }: LaunchedServer): string {
  const place = address.includes(':') ? `ipv6@[${address}]:${port}` : `${address}:${port}`;
  const words = ['  server', checkName('server', name), place];
  if (weight !== undefined) words.push('weight', String(weight));
  if (keywords !== undefined) words.push(keywords);
  return words.join(' ');
}

/** HAProxy's strong quotes: everything between them is literal. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
