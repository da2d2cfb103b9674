import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Monitor } from '@ballast/core';
import { afterEach, describe, expect, test } from 'vitest';
import { MonitorError, probe } from '../../src/index.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server, host = '127.0.0.1'): Promise<number> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, host, done));
  return (server.address() as AddressInfo).port;
}

/** A port where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((done) => server.close(done));
  return port;
}

function once(
  type: Monitor['type'],
  port: number,
  given: { address?: string; http?: Monitor['http']; signal?: AbortSignal } = {},
) {
  const { address = '127.0.0.1', http, signal = AbortSignal.timeout(10_000) } = given;
  const monitor: Monitor = {
    type,
    delay: 1000,
    timeout: 1000,
    maxRetries: 1,
    maxRetriesDown: 1,
    ...(http && { http }),
  };
  return probe({ key: 'a', address, port, monitor }, signal);
}

describe('tcp', () => {
  test.each(['127.0.0.1', '::1'])('a port of %s that takes a connection', async (address) => {
    expect(await once('tcp', await listening(createServer(), address), { address })).toEqual({ ok: true });
  });

  test('a port where nobody listens', async () => {
    expect(await once('tcp', await closedPort())).toEqual({ ok: false, reason: 'connection refused' });
  });
});

describe('http', () => {
  const http = { method: 'GET', path: '/healthz?deep=1', expectedCodes: [200, 204] };
  const seen: string[] = [];
  const answering = (code: number): Server =>
    createHttpServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      // The body never ends: a probe does not wait for it.
      response.writeHead(code);
      response.flushHeaders();
    });

  test('an expected code', async () => {
    expect(await once('http', await listening(answering(204)), { http })).toEqual({ ok: true });
    expect(seen.at(-1)).toBe('GET /healthz?deep=1');
  });

  test('another code', async () => {
    const port = await listening(answering(503));
    expect(await once('http', port, { http: { ...http, method: 'HEAD' } })).toEqual({
      ok: false,
      reason: 'answered 503 instead of 200, 204',
    });
    expect(seen.at(-1)).toBe('HEAD /healthz?deep=1');
  });

  test('a server that talks no HTTP', async () => {
    const port = await listening(createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')));
    expect(await once('http', port, { http })).toMatchObject({ ok: false });
  });

  test('a server that says nothing is given up with the signal', async () => {
    const stop = new AbortController();
    const port = await listening(createServer(() => stop.abort()));
    expect(await once('http', port, { http, signal: stop.signal })).toMatchObject({ ok: false });
  });

  test('a monitor without a request is refused', async () => {
    await expect(once('http', 1)).rejects.toMatchObject({ code: 'monitor.invalid' });
  });
});

describe('ping', () => {
  test.each(['127.0.0.1', '::1'])('%s echoes', async (address) => {
    expect(await once('ping', 0, { address })).toEqual({ ok: true });
  });

  test('an address that cannot be pinged, on a machine that can ping', async () => {
    const broadcast = '127.255.255.255';
    expect(await once('ping', 0, { address: broadcast })).toEqual({ ok: false, reason: 'host unreachable' });
  });

  test('a machine without ping says so', async () => {
    const { env } = process;
    const path = env['PATH'];
    env['PATH'] = '/nonexistent';
    try {
      await expect(once('ping', 0)).rejects.toThrowError(MonitorError);
    } finally {
      env['PATH'] = path;
    }
  });
});
