import type { RoundReport } from '@ballast/core';
import { T0, VirtualClock } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { Health } from '../src/health.ts';
import { type HttpParts, httpServer } from '../src/http.ts';

function aServer(parts: Partial<HttpParts> = {}): ReturnType<typeof httpServer> {
  return httpServer({
    metrics: async () => 'ballast_up 1\n',
    contentType: 'text/plain; version=0.0.4',
    unready: () => undefined,
    unhealthy: () => undefined,
    ...parts,
  });
}

describe('the listening port', () => {
  it('serves metrics in the format that Prometheus reads', async () => {
    const reply = await aServer().inject('/metrics');
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toContain('version=0.0.4');
    expect(reply.body).toBe('ballast_up 1\n');
  });

  it.each([
    { case: 'no token', header: undefined, status: 401 },
    { case: 'a wrong token', header: 'Bearer wrong', status: 401 },
    { case: 'a token that begins right', header: 'Bearer secre', status: 401 },
    { case: 'the token', header: 'Bearer secret', status: 200 },
  ])('with $case answers $status', async ({ header, status }) => {
    const reply = await aServer({ token: 'secret' }).inject({
      url: '/metrics',
      headers: header === undefined ? {} : { authorization: header },
    });
    expect(reply.statusCode).toBe(status);
    expect(reply.body).not.toContain('secret');
  });

  it.each([
    { path: '/healthz', parts: {}, status: 200, body: 'ok\n' },
    { path: '/healthz', parts: { unhealthy: () => 'it hangs' }, status: 503, body: 'it hangs\n' },
    { path: '/readyz', parts: { unready: () => 'no round yet' }, status: 503, body: 'no round yet\n' },
    { path: '/nothing', parts: {}, status: 404, body: expect.stringContaining('Not Found') },
  ])('$path answers $status', async ({ path, parts, status, body }) => {
    const reply = await aServer({ ...parts, token: 'secret' }).inject(path);
    expect(reply.statusCode).toBe(status);
    expect(reply.body).toEqual(body);
  });
});

describe('health', () => {
  const report = (startedAt: number, fields: Partial<RoundReport> = {}): RoundReport => ({
    round: 'r',
    mode: 'auto',
    startedAt,
    duration: 1000,
    outcome: 'completed',
    targets: [],
    steps: [],
    ...fields,
  });

  it('is healthy and not ready before the first round has ended, and ready after it', () => {
    const health = new Health(new VirtualClock());
    expect(health.unhealthy()).toBeUndefined();
    expect(health.unready()).toBe('no round has ended yet');
    health.record(report(T0));
    expect(health.unready()).toBeUndefined();
  });

  it('is not ready after a failed round, though healthy', () => {
    const health = new Health(new VirtualClock());
    health.record(report(T0, { outcome: 'failed', failure: { stage: 'observe', code: 'auth', message: 'no' } }));
    expect(health.unready()).toBe('the newest round failed: auth');
    expect(health.unhealthy()).toBeUndefined();
  });

  it('is ill when rounds stop ending', async () => {
    const clock = new VirtualClock();
    const health = new Health(clock);
    await clock.advance(121_000);
    expect(health.unhealthy()).toBe('no round has ended for 121 s');
    health.record(report(clock.now()));
    expect(health.unhealthy()).toBeUndefined();
  });

  it('has more patience with a schedule of long pauses', async () => {
    const clock = new VirtualClock();
    const health = new Health(clock);
    health.record(report(clock.now()));
    await clock.advance(600_000);
    health.record(report(clock.now()));
    await clock.advance(1_200_000);
    expect(health.unhealthy()).toBeUndefined();
    await clock.advance(700_000);
    expect(health.unhealthy()).toMatch(/no round has ended/);
  });
});
