import type { Diagnosis } from '@ballast/core';
import { createCredentials } from '../auth/create.ts';
import { Endpoints } from '../http/endpoints.ts';
import { Engine } from '../http/engine.ts';
import { Transport } from '../http/transport.ts';
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
  const { maxAge = 60_000, tagPrefixes = ['ballast-'] } = options;
  const credentials = createCredentials(options.auth, clock);
  const transport = new Transport(tls, timeout);
  const engines: Engine[] = [];
  const connect = (endpoints: readonly (string | Endpoint)[]): Engine => {
    const known = new Endpoints(endpoints, clock);
    const warn = (): void => undefined;
    const engine = new Engine({
      endpoints: known,
      credentials,
      transport,
      timeout,
      retries: 0,
      clock,
      random,
      onRequest,
      warn,
    });
    engines.push(engine);
    return engine;
  };
  const { all } = new Endpoints(options.endpoints, clock);
  const engineOf = (endpoint: Endpoint): Engine => connect([endpoint]);
  const { identity } = credentials;
  try {
    return await diagnose(
      { cluster, engine: connect(all), engineOf, endpoints: all, tls, identity, clock, maxAge, tagPrefixes, migration },
      question,
      () => engines.reduce((sum, engine) => sum + engine.requests, 0),
    );
  } finally {
    for (const engine of engines) engine.close();
  }
}
