import type { Instant, Milliseconds, NodeName } from '@ballast/core';
import { type Exchange, NoAnswer, type RawAnswer, type Transport } from '@ballast/proxmox';
import type { Reply } from '@ballast/pve-simulator';
import type { Agenda } from '../engine/agenda.ts';
import type { Process } from '../engine/process.ts';
import type { Fault } from '../scenario/fault.ts';
import type { Cluster } from './cluster.ts';
import type { Trouble } from './trouble.ts';

/** A request of an operator's to the cluster. */
export interface Request {
  readonly process: Process;
  readonly method: string;
  /** Without `/api2/json`. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  /** When it was made. */
  readonly at: Instant;
  /** The process was stopped between its last look and the leaving of the request. */
  late: boolean;
}

export interface NetworkParts {
  readonly agenda: Agenda;
  readonly cluster: Cluster;
  readonly trouble: Trouble;
  readonly crash: (process: Process, fault: Fault) => void;
  readonly stop: (process: Process, fault: Fault) => void;
  /** A request leaves its process. */
  readonly leaves: (request: Request) => void;
  /** The cluster has carried a request out. */
  readonly carried: (request: Request, reply: Reply) => void;
  /** An answer has reached who asked. */
  readonly reached: (request: Request, reply: Reply) => void;
}

const PREFIX = '/api2/json';
const LATENCY: Milliseconds = 20;
/** How long a node waits for another one that hangs. */
const PROXY_PATIENCE: Milliseconds = 30_000;
const NO_ROUTE: Milliseconds = 1000;

/** Replies in place of the true ones. */
const FAULTY: Readonly<Record<string, Reply>> = {
  'http-500': { status: 500, reason: 'internal error', body: '{"data":null,"message":"internal error\\n"}' },
  'http-595': { status: 595, reason: 'No route to host' },
  'http-596': { status: 596, reason: 'Connection timed out' },
  'http-401': { status: 401, reason: 'Authentication failed!' },
  garbage: { status: 200, reason: 'OK', body: '{"data":[{"id":"node/' },
};

interface Trip {
  readonly request: Request;
  readonly exchange: Exchange;
  readonly fault: Fault | undefined;
  readonly death: Fault | undefined;
  readonly resolve: (answer: RawAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** The way of a process to the cluster, and back. */
export class Network {
  readonly #parts: NetworkParts;

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  transport(process: Process): Transport {
    return {
      send: (exchange) =>
        new Promise((resolve, reject) => {
          if (process.alive) this.#send(process, exchange, resolve, reject);
        }),
      close: () => undefined,
    };
  }

  #send(
    process: Process,
    exchange: Exchange,
    resolve: (answer: RawAnswer) => void,
    reject: (error: Error) => void,
  ): void {
    const { trouble, crash, stop } = this.#parts;
    const { signal, method, params } = exchange;
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    const path = exchange.path.slice(PREFIX.length);
    const request: Request = { process, method, path, params, at: this.#parts.agenda.now, late: false };
    const death = trouble.crash(process);
    if (death !== undefined && death.id % 2 === 0) {
      crash(process, death);
      return;
    }
    const trip = { request, exchange, fault: trouble.request(method, path), death, resolve, reject };
    const pause = isMigration(request) ? trouble.leaving(process) : undefined;
    if (pause === undefined) {
      this.#leave(trip);
      return;
    }
    request.late = true;
    stop(process, pause);
    process.later(0, () => this.#leave(trip));
  }

  #leave(trip: Trip): void {
    const { agenda, leaves, cluster } = this.#parts;
    const { request, fault, reject, exchange } = trip;
    if (isDown(cluster, exchange.endpoint.host)) {
      // No connection comes about: nothing leaves.
      request.process.later(NO_ROUTE, () => reject(new NoAnswer('EHOSTUNREACH', 'no route to host', true)));
      return;
    }
    leaves(request);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'reset') {
      request.process.later(LATENCY, () => reject(new NoAnswer('ECONNRESET', 'socket hang up', false)));
    } else if (fault?.kind === 'slow') agenda.in(fault.lasts, () => this.#arrive(trip));
    else this.#arrive(trip);
  }

  #arrive(trip: Trip): void {
    const { cluster, crash, carried, reached } = this.#parts;
    const { request, exchange, fault, death, resolve, reject } = trip;
    const { process } = request;
    const entry = exchange.endpoint.host;
    // One that went down meanwhile says nothing any more.
    if (cluster.hanging.has(entry) || isDown(cluster, entry)) return;
    const reply = this.#faulty(trip, entry) ?? cluster.answer({ ...exchange, entry, headers: lower(exchange.headers) });
    carried(request, reply);
    if (death !== undefined) {
      crash(process, death);
      return;
    }
    if (fault?.kind === 'lost-answer' || fault?.kind === 'cut') {
      const errno = fault.kind === 'cut' ? 'BALLAST_TRUNCATED' : 'ECONNRESET';
      process.later(LATENCY, () => reject(new NoAnswer(errno, 'the connection broke', false)));
      return;
    }
    process.later(LATENCY + (reply.delay ?? 0), () => {
      // Who waits no longer has closed the connection.
      if (exchange.signal.aborted) return;
      reached(request, reply);
      resolve(rawOf(reply));
    });
  }

  /** A reply in place of the true one. */
  #faulty({ request, fault }: Trip, entry: NodeName): Reply | undefined {
    return FAULTY[fault?.kind ?? ''] ?? this.#proxied(request.path, entry);
  }

  /** A node that hangs is waited for by the one that is asked. */
  #proxied(path: string, entry: NodeName): Reply | undefined {
    const { hanging } = this.#parts.cluster;
    if (hanging.size === 0) return undefined;
    const node = /^\/nodes\/([^/]+)/.exec(path)?.[1];
    if (node === undefined || node === entry || !hanging.has(node)) return undefined;
    return { status: 596, reason: 'Connection timed out', delay: PROXY_PATIENCE };
  }
}

export function isMigration({ method, path }: Pick<Request, 'method' | 'path'>): boolean {
  return method === 'POST' && path.endsWith('/migrate');
}

function isDown(cluster: Cluster, entry: NodeName): boolean {
  return cluster.world.nodes.find(({ name }) => name === entry)?.online === false;
}

function rawOf({ status, reason, body = '', type = '' }: Reply): RawAnswer {
  return { status, reason, body, contentType: type };
}

function lower(headers: Readonly<Record<string, string>>): Record<string, string> {
  const lowered: Record<string, string> = {};
  for (const name of Object.keys(headers)) lowered[name.toLowerCase()] = headers[name] ?? '';
  return lowered;
}
