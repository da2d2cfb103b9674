import { VirtualClock } from '@ballast/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect, failureOf } from './support/connected.ts';
import { type Reply, TestPve } from './support/pve.ts';

let pve: TestPve;
beforeEach(async () => {
  pve = await TestPve.start();
});
afterEach(() => pve.stop());

const raw = (write: (response: import('node:http').ServerResponse) => void): Reply => ({ write });

describe('answers that are none', () => {
  it('garbage in place of JSON', async () => {
    pve.on(
      'GET /version',
      raw((res) => res.writeHead(200, 'OK', { 'Content-Type': 'text/html' }).end('<html>Welcome to nginx!</html>')),
    );
    const { cluster, drive } = connect(pve);
    expect(await failureOf(drive(cluster.version()))).toMatchObject({
      code: 'proxmox-not-json',
      message:
        'Expected JSON as the answer to GET /version, got "<html>Welcome to nginx!</html>" (text/html, 30 characters).',
    });
    // A GET: it was tried again.
    expect(pve.count('GET /version')).toBe(3);
  });

  it('JSON that was cut off', async () => {
    pve.on(
      'GET /version',
      raw((res) => res.writeHead(200, 'OK').end('{"data":{"version":"9.')),
    );
    const { cluster, drive } = connect(pve, { retries: 0 });
    expect(await failureOf(drive(cluster.version()))).toMatchObject({
      code: 'proxmox-not-json',
      message:
        'Expected JSON as the answer to GET /version, got "{\\"data\\":{\\"version\\":\\"9." (no content type, 22 characters).',
    });
  });

  it('half a response', async () => {
    pve.on(
      'GET /version',
      raw((res) => {
        res.writeHead(200, 'OK', { 'Content-Type': 'application/json;charset=UTF-8', 'Content-Length': 1000 });
        res.write('{"data":{"version":');
        setImmediate(() => res.destroy());
      }),
    );
    const { cluster, drive } = connect(pve, { retries: 0 });
    expect(await failureOf(drive(cluster.version()))).toMatchObject({
      code: 'proxmox-answer-broken',
      message: `Expected a whole answer of ${pve.endpoint} to GET /version, got a connection that broke off (half a response).`,
    });
  });

  it('no answer at all before the connection closes', async () => {
    pve.on(
      'GET /version',
      raw((res) => res.destroy()),
    );
    const { cluster, drive } = connect(pve, { retries: 0 });
    expect(await failureOf(drive(cluster.version()))).toMatchObject({
      code: 'proxmox-answer-broken',
      message: `Expected a whole answer of ${pve.endpoint} to GET /version, got a connection that broke off (ECONNRESET).`,
    });
  });

  it('an object without data', async () => {
    pve.on(
      'GET /version',
      raw((res) => res.writeHead(200, 'OK').end('{"hello":"world"}')),
    );
    const { cluster, drive } = connect(pve, { retries: 0 });
    expect(await failureOf(drive(cluster.version()))).toMatchObject({
      code: 'proxmox-no-data',
      message: 'Expected the key `data` in the answer to GET /version, got the keys hello.',
    });
  });

  it('data of another shape', async () => {
    pve.on('GET /version', { data: ['9.2'] });
    expect(await failureOf(connect(pve).cluster.version())).toMatchObject({
      code: 'proxmox-answer-shape',
      message: 'Expected the version as an object, got a list of 1.',
    });
  });

  it('an HTTP 500 with its reason in the phrase', async () => {
    pve.on('GET /version', { status: 500, reason: 'unable to read tail (got 0 bytes)' });
    expect(await failureOf(connect(pve).cluster.version())).toMatchObject({
      code: 'proxmox-refused',
      status: 500,
      reason: 'unable to read tail (got 0 bytes)',
      message: 'Proxmox VE refused GET /version: unable to read tail (got 0 bytes).',
    });
    expect(pve.count('GET /version')).toBe(1);
  });

  it('a 500 whose phrase got lost on the way: the body has it too', async () => {
    pve.on(
      'GET /version',
      raw((res) => res.writeHead(500, ' ').end('{"data":null,"message":"line one\\nline two\\n"}')),
    );
    expect((await failureOf(connect(pve).cluster.version())).message).toBe(
      'Proxmox VE refused GET /version: line one.',
    );
  });

  it.each([595, 596])('HTTP %i, when the daemon beside the endpoint is ill', async (status) => {
    pve.on('GET /version', { status, reason: 'No route to host' });
    const { cluster, drive } = connect(pve);
    expect(await failureOf(drive(cluster.version()))).toMatchObject({
      code: 'proxmox-daemon-down',
      message: `Expected ${pve.endpoint} to answer GET /version itself, got HTTP ${status} (No route to host).`,
    });
    expect(pve.count('GET /version')).toBe(3);
  });

  it('a redirect is not followed: the credentials stay here', async () => {
    pve.on(
      'GET /version',
      raw((res) => res.writeHead(302, 'Found', { Location: `https://${pve.endpoint}/elsewhere` }).end()),
    );
    expect((await failureOf(connect(pve).cluster.version())).code).toBe('proxmox-not-proxmox');
    expect(pve.seen).toHaveLength(1);
  });

  it('nothing within the time-out', async () => {
    pve.on(
      'GET /version',
      raw(() => undefined),
    );
    const clock = new VirtualClock();
    const { cluster } = connect(pve, { retries: 0, timeout: 5000, clock });
    const error = failureOf(cluster.version());
    while (pve.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(4999);
    expect(cluster.pending).toBe(1);
    await clock.advance(1);
    expect(await error).toMatchObject({
      code: 'proxmox-timeout',
      message: `Expected ${pve.endpoint} to answer GET /version within 5 s, got nothing.`,
    });
    expect(cluster.pending).toBe(0);
  });
});

describe('endpoints that do not answer', () => {
  it('names a port where nobody listens', async () => {
    const { endpoint } = pve;
    await pve.stop();
    const { cluster, drive } = connect([], { endpoints: [endpoint] });
    expect(await failureOf(drive(cluster.version()))).toMatchObject({
      code: 'proxmox-unreachable',
      message: `Expected ${endpoint} to accept a connection, got ECONNREFUSED.`,
    });
    pve = await TestPve.start();
  });

  it('names a host that nobody knows', async () => {
    const { cluster, drive } = connect(pve, { endpoints: ['https://pve1.invalid:8006'] });
    const error = await failureOf(drive(cluster.version()));
    expect(error.code).toBe('proxmox-name-unknown');
    expect(error.message).toMatch(
      /^Expected the name in pve1\.invalid:8006 to resolve to an address, got (ENOTFOUND|EAI_AGAIN)\.$/,
    );
    expect(error.hint).toBe(
      'Check the spelling of the endpoint in `cluster` of the configuration and the name server, or use an address.',
    );
  });

  it.each(['http://pve1:8006', 'pve1:99999', '', 'https://pve1:8006/path'])('refuses %j as an endpoint', (endpoint) => {
    expect(() => connect(pve, { endpoints: [endpoint], tls: {} })).toThrow(
      `Expected an endpoint as https://HOST:PORT, got ${JSON.stringify(endpoint)}.`,
    );
  });

  it('keeps a password in an endpoint to itself', () => {
    expect(() => connect(pve, { endpoints: ['https://root:hunter2@pve1:8006'], tls: {} })).toThrow(
      'Expected an endpoint as https://HOST:PORT, got "https://[redacted]@pve1:8006".',
    );
  });
});
