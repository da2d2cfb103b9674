import { BallastError, type Clock, type Instant, type Milliseconds } from '@ballast/core';
import type { Endpoint } from '../options.ts';

/** How long an endpoint that failed is tried after the others. */
const REST: Milliseconds = 60_000;
const DEFAULT_PORT = 8006;

/** Remembers which entry points of the cluster answer. */
export class Endpoints {
  readonly all: readonly Endpoint[];
  readonly #clock: Clock;
  readonly #failedAt = new Map<Endpoint, Instant>();
  /** The one that answered last is asked again: its connections are warm. */
  #last: Endpoint | undefined;

  constructor(endpoints: readonly (string | Endpoint)[], clock: Clock) {
    if (endpoints.length === 0) {
      throw new BallastError('proxmox-option', 'Expected at least one endpoint, got none.', {
        hint: 'Name a node of the cluster, such as https://pve1.example.com:8006.',
      });
    }
    this.all = endpoints.map((endpoint) => (typeof endpoint === 'string' ? parseEndpoint(endpoint) : endpoint));
    this.#clock = clock;
  }

  /** The best one outside `tried`: those that answer before those that failed lately, in the order of the options. */
  next(tried: ReadonlySet<Endpoint>): Endpoint | undefined {
    const order = this.all.filter((endpoint) => !tried.has(endpoint));
    const last = this.#last;
    if (last !== undefined && !this.resting(last) && order.includes(last)) return last;
    return order.find((endpoint) => !this.resting(endpoint)) ?? this.#longestAgo(order);
  }

  /** Whether it failed lately. */
  resting(endpoint: Endpoint): boolean {
    const failedAt = this.#failedAt.get(endpoint);
    return failedAt !== undefined && this.#clock.now() - failedAt < REST;
  }

  failed(endpoint: Endpoint): void {
    this.#failedAt.set(endpoint, this.#clock.now());
  }

  answered(endpoint: Endpoint): void {
    this.#failedAt.delete(endpoint);
    this.#last = endpoint;
  }

  #longestAgo(order: readonly Endpoint[]): Endpoint | undefined {
    const since = (endpoint: Endpoint): Instant => this.#failedAt.get(endpoint) ?? 0;
    return order.toSorted((a, b) => since(a) - since(b))[0];
  }
}

/** `host:port` for messages; IPv6 addresses in brackets. */
export function nameOf({ host, port }: Endpoint): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * Reads `https://host:port`, `host:port` or `host`; the port is 8006 where none is named.
 * @throws {BallastError} `proxmox-option`
 */
function parseEndpoint(text: string): Endpoint {
  const bare = text.trim().replace(/^https:\/\//i, '');
  const found = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?(?:\/(?:api2\/json\/?)?)?$/i.exec(bare);
  const port = found?.[3] === undefined ? DEFAULT_PORT : Number(found[3]);
  const host = found?.[1] ?? found?.[2];
  if (host === undefined || port < 1 || port > 65_535) {
    throw new BallastError(
      'proxmox-option',
      `Expected an endpoint as https://HOST:PORT, got ${JSON.stringify(text.replace(/[^/]*@/, '[redacted]@'))}.`,
      {
        hint: 'Proxmox VE speaks HTTPS on port 8006: https://pve1.example.com:8006.',
      },
    );
  }
  return { host, port };
}
