import type { BytesPerSecond, ClusterSource, GuestId, Migrator } from '@ballast/core';
import { createCredentials } from './auth/create.ts';
import { RoundBudget } from './http/budget.ts';
import { Endpoints } from './http/endpoints.ts';
import { Engine } from './http/engine.ts';
import { HttpsTransport } from './http/transport.ts';
import { AddressReader } from './inspect/addresses.ts';
import { Inspector } from './inspect/inspector.ts';
import { ReplicationBook } from './inspect/replication.ts';
import { ProxmoxMigrator } from './migrate/migrator.ts';
import { MembershipBook } from './observe/membership-book.ts';
import { Roster } from './observe/roster.ts';
import { ProxmoxSource } from './observe/source.ts';
import { VersionBook } from './observe/version.ts';
import type { ProxmoxOptions } from './options.ts';

/** A cluster of Proxmox VE, as the ports of core. */
export interface ProxmoxCluster {
  readonly source: ClusterSource;
  readonly migrator: Migrator;
  /** HTTP exchanges under way. */
  readonly pending: number;
  /** HTTP exchanges so far. */
  readonly requests: number;
  /** The version of Proxmox VE, such as `9.2.11`. */
  version(): Promise<string>;
  /** Ends requests that are under way and lets go of all connections. */
  close(): Promise<void>;
}

/**
 * Makes the driver of a cluster. Does no I/O: the first request connects.
 * @throws {BallastError} `proxmox-option` when an endpoint, a fingerprint or the credentials cannot be what they claim
 */
export function connectProxmox(options: ProxmoxOptions): ProxmoxCluster {
  const { cluster, clock, migration = {}, pollInterval = 1000, maxAge = 60_000, tagPrefixes = ['ballast-'] } = options;
  const { requestsPerRound = Number.POSITIVE_INFINITY, onPutOff } = options;
  const { engine, identity, tell, warn } = openEngine(options);
  const budget = new RoundBudget(engine, requestsPerRound);
  const roster = new Roster();
  const membership = new MembershipBook();
  const version = new VersionBook(clock);
  const dirtyRates = new Map<GuestId, BytesPerSecond>();
  const replications = new ReplicationBook(clock);
  const targetStorage = migration.localDisks === true ? migration.targetStorage : undefined;
  const inspector = new Inspector({
    engine,
    budget,
    clock,
    roster,
    version,
    replications,
    targetStorage,
    dirtyRates,
    warn,
    tellPutOff: (guests) => {
      onPutOff?.(guests);
      if (budget.putOff()) tell(putOffText(guests, requestsPerRound));
    },
  });
  const addresses = new AddressReader({ engine, roster, warn });
  const owner = options.auth.kind === 'token' ? options.auth.id : options.auth.username;
  const source = new ProxmoxSource({
    cluster,
    engine,
    budget,
    identity,
    clock,
    maxAge,
    tagPrefixes,
    labels: options.labels ?? {},
    localDisks: migration.localDisks === true,
    roster,
    membership,
    version,
    inspector,
    addresses,
    warn,
  });
  return {
    source,
    migrator: new ProxmoxMigrator({
      engine,
      clock,
      owner,
      version,
      membership,
      migration,
      replications,
      pollInterval,
      dirtyRates,
    }),
    get pending() {
      return engine.pending;
    },
    get requests() {
      return engine.requests;
    },
    version: async () => (await version.read(engine.api())).text,
    close: () => {
      engine.close();
      return Promise.resolve();
    },
  };
}

/** The engine and its voices: `warn` tells a problem that stays once, `tell` each time. */
function openEngine(options: ProxmoxOptions): {
  readonly engine: Engine;
  readonly identity: string;
  readonly tell: (message: string) => void;
  readonly warn: (message: string) => void;
} {
  const { cluster, clock, random, tls = {}, timeout = 10_000, retries = 2, onRequest } = options;
  const endpoints = new Endpoints(options.endpoints, clock);
  const credentials = createCredentials(options.auth, clock);
  const tell = (message: string): void => options.warn(credentials.redact(message));
  const warn = once(tell);
  const transport = options.transport ?? new HttpsTransport(tls, timeout);
  if (tls.insecure === true && !tls.fingerprints?.length) {
    warn(
      `TLS IS NOT VERIFIED for cluster ${cluster} (insecure): whoever answers gets the credentials. Pin a fingerprint or name the CA.`,
    );
  }
  const engine = new Engine({
    endpoints,
    credentials,
    transport,
    timeout,
    retries,
    clock,
    random,
    onRequest,
    warn: tell,
  });
  return { engine, identity: credentials.identity, tell, warn };
}

function putOffText(guests: number, limit: number): string {
  const who = guests === 1 ? '1 guest is' : `${guests} guests are`;
  return `The ${limit} requests of a round (cluster.requestsPerRound) are used up: ${who} inspected in the next one.`;
}

/** A problem that stays is told once, not every round. */
function once(tell: (message: string) => void): (message: string) => void {
  const told = new Set<string>();
  return (message) => {
    if (told.has(message)) return;
    told.add(message);
    tell(message);
  };
}
