import type { Milliseconds, NodeName } from '@ballast/core';
import { BallastError } from '@ballast/core';
import type { World } from '../world/world.ts';
import { AnswerCache } from './answer-cache.ts';
import { befall } from './befall.ts';
import { fingerprintOf, makeCertificate } from './certificate.ts';
import { type Entry, listen, openEntry } from './entry.ts';
import { type Fault, isRequestFault, RequestFaults } from './faults.ts';
import type { Desk } from './front-desk.ts';
import { Held, realTime } from './held.ts';
import { LiveWorld } from './live-world.ts';
import { DEFAULT_TOKEN, DEFAULT_USER, type SimulatorOptions } from './options.ts';
import { type LoggedRequest, RequestLog } from './request-log.ts';
import { SignIn } from './sign-in.ts';

/** A simulated cluster that answers at its entry points. */
export interface Simulator {
  /** `https://host:port`, one an entry point. */
  readonly urls: readonly string[];
  readonly host: string;
  readonly ports: readonly number[];
  /** SHA-256 of the certificate: colon-separated upper-case hexadecimal. */
  readonly fingerprint: string;
  /** The authority's certificate (PEM). */
  readonly ca: string;
  /** The cluster now. */
  readonly world: World;
  /** Requests that came in so far. */
  readonly requests: number;
  /** Requests that came in and wait: for a delay to pass, or for nothing at all, as with a node that hangs. */
  readonly held: number;
  /** The newest of them, oldest first. */
  readonly requestLog: readonly LoggedRequest[];
  /** Changes the world between two moments. */
  update(change: (world: World) => World): void;
  /** Lets time pass at once. */
  advance(duration: Milliseconds): void;
  /** Lets something go wrong. @returns heals it */
  fail(fault: Fault): () => void;
  stop(): Promise<void>;
}

/**
 * Starts an HTTPS server per entry point that speaks `/api2/json` over one simulated world.
 * @throws {BallastError} `simulator-options` for options that do not fit, `simulator-listen` when a port is taken
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1';
  const names = entryNames(options);
  const tls = options.tls ?? (await makeCertificate(['localhost', '127.0.0.1', '::1', host, ...names]));
  const { settings } = options.world;
  const broadcast = options.broadcast ?? settings.broadcast;
  const live = new LiveWorld({ ...options.world, settings: { ...settings, broadcast } }, options.speed ?? 1);
  const held = new Held(options.clock ?? realTime);
  const desk: Desk = {
    live,
    signIn: new SignIn(options.users ?? [DEFAULT_USER], options.tokens ?? [DEFAULT_TOKEN]),
    faults: new RequestFaults(),
    log: new RequestLog(),
    answers: new AnswerCache(),
    fingerprint: fingerprintOf(tls.cert),
    authDelay: options.authDelay ?? 0,
    hanging: new Set(),
    proxyTimeout: options.proxyTimeout ?? 30_000,
    strict: options.strict ?? false,
    held,
  };
  const entries = names.map((node) => openEntry(desk, node, tls));
  const ports = await listen(entries, host, options.port ?? 0);
  live.start();
  return {
    urls: ports.map((port) => `https://${host.includes(':') ? `[${host}]` : host}:${port}`),
    host,
    ports,
    fingerprint: desk.fingerprint,
    ca: tls.ca,
    get world() {
      return live.world;
    },
    get requests() {
      return desk.log.count;
    },
    get held() {
      return held.count;
    },
    get requestLog() {
      return desk.log.newest;
    },
    update: (change) => void live.update(change),
    advance: (duration) => void live.advance(duration),
    fail: (fault) => (isRequestFault(fault) ? desk.faults.add(fault) : befall(desk, entries, fault)),
    stop: () => stop(desk, entries),
  };
}

function entryNames(options: SimulatorOptions): readonly NodeName[] {
  const count = options.entryPoints ?? 1;
  const { nodes } = options.world;
  if (!Number.isInteger(count) || count < 1 || count > nodes.length) {
    throw new BallastError('simulator-options', `Expected 1 to ${nodes.length} entry points, got ${count}.`, {
      hint: 'There is at most one entry point per node.',
    });
  }
  if ((options.speed ?? 1) < 0 || !Number.isFinite(options.speed ?? 1)) {
    throw new BallastError('simulator-options', `Expected a speed of 0 or more, got ${options.speed}.`);
  }
  return nodes.slice(0, count).map((node) => node.name);
}

async function stop(desk: Desk, entries: readonly Entry[]): Promise<void> {
  desk.live.stop();
  desk.held.release();
  await Promise.all(
    entries.map(({ server }) => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    }),
  );
}
