import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { createLogger } from '@ballast/telemetry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningFlowManager, startFlowManager } from '../src/index.ts';
import { configOf } from './configs.ts';

let directory: string;
let running: RunningFlowManager;

beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'ballast-flow-manager-'));
  for (const [name, authority] of [['ca'], ['controller', 'ca'], ['switch', 'ca'], ['stranger']] as const) {
    makeIdentity(name, authority);
  }
  const files = `cert: ${pem('controller.crt')}, key: ${pem('controller.key')}, ca: ${pem('ca.crt')}`;
  const log = createLogger({ level: 'silent', format: 'json' });
  running = await startFlowManager(configOf(`tls: { ${files} }\n`, path.join(directory, 'state')), { log });
});
afterAll(async () => {
  await running.stop();
  await rm(directory, { recursive: true });
});

test.each([
  ['a switch with a certificate of the authority is greeted', 'switch', 'a hello'],
  ['one with another certificate is refused', 'stranger', 'refused'],
])('%s', async (_, name, outcome) => {
  expect(await greeting(name)).toBe(outcome);
});

function greeting(name: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = tls.connect({
      ...running.switches,
      ca: readFileSync(pem('ca.crt')),
      cert: readFileSync(pem(`${name}.crt`)),
      key: readFileSync(pem(`${name}.key`)),
      // The certificate names no host; that the authority signed it is checked all the same.
      checkServerIdentity: () => undefined,
    });
    socket.once('data', ([, type]) => {
      resolve(type === 0 ? 'a hello' : `a message of type ${type}`);
      socket.destroy();
    });
    socket.once('error', () => resolve('refused'));
    socket.once('close', () => resolve('refused'));
  });
}

function makeIdentity(name: string, authority?: string): void {
  const made = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=${name}`.split(' ');
  const signed = authority === undefined ? [] : ['-CA', pem(`${authority}.crt`), '-CAkey', pem(`${authority}.key`)];
  const files = ['-keyout', pem(`${name}.key`), '-out', pem(`${name}.crt`)];
  execFileSync('openssl', [...made, ...signed, ...files], { stdio: 'ignore' });
}

function pem(file: string): string {
  return path.join(directory, file);
}
