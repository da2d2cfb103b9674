import { BallastError, type Clock, type Instant, type Milliseconds } from '@ballast/core';
import { ProxmoxError } from '../errors/proxmox-error.ts';
import type { Endpoint } from '../options.ts';
import { NoAnswer } from './no-answer.ts';
import { Underway } from './underway.ts';

/** How long an endpoint that failed is left alone before somebody looks whether it is back. */
const REST: Milliseconds = 60_000;
const DEFAULT_PORT = 8006;

/** What a first look at an endpoint brought: why it failed, or nothing when it answered or nobody knows. */
type Verdict = ProxmoxError | undefined;

/**
 * Remembers which entry points of the cluster answer. One that failed is tried after all others until a look at it was
 * answered. Of one that nobody has heard of, a single request finds out, and tells all that wait.
 */
export class Endpoints {
  readonly all: readonly Endpoint[];
  readonly #clock: Clock;
  readonly #failedAt = new Map<Endpoint, Instant>();
  readonly #proven = new Set<Endpoint>();
  readonly #looks = new Map<Endpoint, Promise<Verdict>>();
  readonly #asked = new Map<Endpoint, Underway>();
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

  /** Whether it failed, and has not answered since. */
  resting(endpoint: Endpoint): boolean {
    return this.#failedAt.has(endpoint);
  }

  /** Whether nobody has heard of it, while another could be asked instead. */
  unknown(endpoint: Endpoint): boolean {
    return this.all.length > 1 && !this.#proven.has(endpoint) && !this.resting(endpoint);
  }

  /** The look at it that is under way. */
  look(endpoint: Endpoint): Promise<Verdict> | undefined {
    return this.#looks.get(endpoint);
  }

  /** Lets one request find out whether an endpoint answers, while others wait for what it tells. */
  explore<T>(endpoint: Endpoint, attempt: Promise<T>): Promise<T> {
    const told = attempt.then(
      () => undefined,
      // What the caller broke off tells nothing of the endpoint; nor does a refusal, but that it lives.
      (error: unknown) => (error instanceof ProxmoxError && error.elsewhere ? error : undefined),
    );
    const look = told.finally(() => this.#looks.delete(endpoint));
    this.#looks.set(endpoint, look);
    return attempt;
  }

  /** Those that have rested: somebody should look whether they are back. */
  due(): readonly Endpoint[] {
    const now = this.#clock.now();
    const rested = [...this.#failedAt].filter(([endpoint, at]) => now - at >= REST && !this.#looks.has(endpoint));
    return rested.map(([endpoint]) => endpoint);
  }

  /** @param dead whether requests that wait for it now had better go elsewhere */
  failed(endpoint: Endpoint, dead: boolean): void {
    this.#failedAt.set(endpoint, this.#clock.now());
    this.#proven.delete(endpoint);
    const asked = this.#asked.get(endpoint);
    if (!dead || asked === undefined || this.all.every((other) => this.resting(other))) return;
    this.#asked.delete(endpoint);
    asked.end(new NoAnswer('BALLAST_ENDPOINT_DOWN', 'it was given up', false));
  }

  /** It lives: it answered, if only with a refusal. */
  answered(endpoint: Endpoint): void {
    this.#failedAt.delete(endpoint);
    this.#proven.add(endpoint);
  }

  /** The next requests go there, too. */
  prefer(endpoint: Endpoint): void {
    this.#last = endpoint;
  }

  /** What is asked of the endpoint: it ends when another request finds the endpoint dead. */
  askedOf(endpoint: Endpoint): Underway {
    let asked = this.#asked.get(endpoint);
    if (asked === undefined) {
      asked = new Underway();
      this.#asked.set(endpoint, asked);
    }
    return asked;
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
