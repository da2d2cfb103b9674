import type { Diagnosis } from '@ballast/core';
import { createCredentials } from '../auth/create.ts';
import { Endpoints } from '../http/endpoints.ts';
import { Engine } from '../http/engine.ts';
import { linked } from '../http/linked.ts';
import { HttpsTransport } from '../http/transport.ts';
import type { Endpoint, ProxmoxOptions } from '../options.ts';
import { diagnose } from './diagnose.ts';
import type { DoctorQuestion } from './question.ts';

/**
 * Examines a cluster, and what the credentials may do there, over connections of its own. It only reads. What is wrong with the
 * cluster, the network or the credentials is a finding.
 * @throws {BallastError} `proxmox-option` when an endpoint, a fingerprint or the credentials cannot be what they claim
 */
export async function examineProxmox(options: ProxmoxOptions, question: DoctorQuestion = {}): Promise<Diagnosis> {
  const { cluster, clock, random, tls = {}, timeout = 10_000, migration = {}, onRequest } = options;
  const { maxAge = 60_000, tagPrefixes = ['ballast-'], labels = {} } = options;
  const transport = options.transport ?? new HttpsTransport(tls, timeout);
  const { identity } = createCredentials(options.auth, clock);
  const { all } = new Endpoints(options.endpoints, clock);
  const engines: Engine[] = [];
  const connect = (some: readonly Endpoint[]): Engine => {
    const endpoints = new Endpoints(some, clock);
    // A login that fails at one entry point is no reason to fail at another.
    const credentials = createCredentials(options.auth, clock);
    const warn = (): void => undefined;
    const parts = { endpoints, credentials, transport, timeout, retries: 0, clock, random, onRequest, warn };
    engines.push(new Engine(parts));
    return engines.at(-1) as Engine;
  };
  try {
    const parts = { cluster, connect, endpoints: all, tls, identity, clock, maxAge, tagPrefixes, labels, migration };
    // A signal of its own, which many requests may listen to.
    return await linked([question.signal], ({ signal }) =>
      diagnose(parts, { ...question, signal }, () => engines.reduce((sum, engine) => sum + engine.requests, 0)),
    );
  } finally {
    for (const engine of engines) engine.close();
  }
}
