import { inspect } from 'node:util';
import { T0, VirtualClock } from '@ballast/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { connect, failureOf, PASSWORD, SECRET, TOKEN_ID } from './support/connected.ts';
import { ABORT, HANG_UP, REFUSED, TASK, ticket, withTickets } from './support/login.ts';
import { type Reply, TestPve } from './support/pve.ts';

const started: TestPve[] = [];
async function start(): Promise<TestPve> {
  const pve = await TestPve.start();
  pve.on('GET /version', { data: { version: '9.2.11' } });
  started.push(pve);
  return pve;
}
afterEach(async () => {
  await Promise.all(started.splice(0).map((pve) => pve.stop()));
});

describe('fail-over', () => {
  it('goes on with the next endpoint, warns once, and comes back after a while', async () => {
    const [a, b] = [await start(), await start()];
    a.on('GET /version', HANG_UP);
    const { cluster, clock, warnings } = connect([a, b]);
    expect(await cluster.version()).toBe('9.2.11');
    expect(warnings).toEqual([
      `${a.endpoint} is tried last for a while: Expected a whole answer of ${a.endpoint} to GET /version, got a connection that broke off (ECONNRESET).`,
    ]);
    const lookUp = (): Promise<unknown> => cluster.source.addresses([100]);
    for (const pve of [a, b]) pve.on('GET /cluster/resources', { data: [] });
    await lookUp();
    expect([a.count('GET /cluster/resources'), b.count('GET /cluster/resources')]).toEqual([0, 1]);
    b.on('GET /cluster/resources', HANG_UP);
    await clock.advance(61_000);
    await lookUp();
    expect(a.count('GET /cluster/resources')).toBe(1);
    await lookUp();
    expect([a.count('GET /cluster/resources'), b.count('GET /cluster/resources')]).toEqual([2, 2]);
  });

  it('passes an endpoint with the wrong certificate by, without a word to it', async () => {
    const [a, b] = [await start(), await start()];
    const { cluster, warnings } = connect([a, b], { tls: { fingerprints: [b.certificate.fingerprint] } });
    expect(await cluster.version()).toBe('9.2.11');
    expect(a.seen).toEqual([]);
    expect(warnings[0]).toContain(`Expected ${a.endpoint} to show the certificate`);
  });

  it('says of every endpoint what was wrong with it', async () => {
    const [a, b] = [await start(), await start()];
    a.on('GET /version', HANG_UP);
    b.on('GET /version', { status: 503, reason: 'Service Unavailable' });
    const { cluster, drive } = connect([a, b], { retries: 1 });
    expect(await failureOf(drive(cluster.version()))).toMatchObject({
      code: 'proxmox-answer-broken',
      message:
        `Expected a whole answer of ${a.endpoint} to GET /version, got a connection that broke off (ECONNRESET). ` +
        `Expected ${b.endpoint} to answer GET /version, got HTTP 503 (Service Unavailable).`,
    });
    expect([a.seen.length, b.seen.length]).toEqual([2, 2]);
  });

  it('a refusal of Proxmox VE is the same everywhere: nobody else is asked', async () => {
    const [a, b] = [await start(), await start()];
    a.on('GET /version', { status: 500, reason: 'no' });
    await failureOf(connect([a, b]).cluster.version());
    expect(b.seen).toEqual([]);
  });
});

describe('repetition', () => {
  it('waits longer each time, with jitter, on the injected clock', async () => {
    const pve = await start();
    const at: number[] = [];
    const clock = new VirtualClock(T0);
    pve.on('GET /version', () => {
      at.push(clock.now() - T0);
      return { status: 596, reason: 'Connection timed out' };
    });
    const { cluster } = connect(pve, { clock, retries: 3, random: () => 0.5 });
    let ended = false;
    const error = failureOf(cluster.version()).finally(() => {
      ended = true;
    });
    while (!ended) {
      await new Promise((resolve) => setImmediate(resolve));
      if (cluster.pending === 0) await clock.advance(1);
    }
    expect((await error).code).toBe('proxmox-node-unreachable');
    // 0.75 of 200, 400 and 800 ms.
    expect(at).toEqual([0, 150, 450, 1050]);
  });

  it('never repeats a write that may have arrived', async () => {
    const [a, b] = [await start(), await start()];
    for (const pve of [a, b]) pve.on(ABORT, HANG_UP);
    const { cluster } = connect([a, b], { retries: 5 });
    expect((await failureOf(cluster.migrator.abort(TASK))).code).toBe('proxmox-answer-broken');
    expect(a.count(ABORT) + b.count(ABORT)).toBe(1);
  });

  it('takes a write to the next endpoint when nothing of it was sent', async () => {
    const [a, b] = [await start(), await start()];
    b.on(ABORT, { data: null });
    const { endpoint } = a;
    await a.stop();
    started.splice(started.indexOf(a), 1);
    const { cluster } = connect([b], { endpoints: [endpoint, b.endpoint] });
    await cluster.migrator.abort(TASK);
    expect(b.count(ABORT)).toBe(1);
  });

  it('gives a write a connection of its own', async () => {
    const pve = await start();
    pve.on(ABORT, { data: null });
    const { cluster } = connect(pve);
    await cluster.version();
    const before = pve.connections;
    await cluster.migrator.abort(TASK);
    await cluster.migrator.abort(TASK);
    expect(pve.connections).toBe(before + 2);
  });

  it('ends at once when the caller gives up', async () => {
    const pve = await start();
    pve.on('GET /cluster/resources', { status: 596, reason: '' });
    const { cluster, clock } = connect(pve, { clock: new VirtualClock() });
    const giveUp = new AbortController();
    const error = failureOf(cluster.source.addresses([100], { signal: giveUp.signal }));
    while (pve.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    giveUp.abort(new Error('enough'));
    expect((await error).message).toBe('enough');
    expect(clock.sleepers).toBe(0);
  });

  it('ends what is under way when it is closed', async () => {
    const pve = await start();
    pve.on('GET /version', { write: () => undefined });
    const { cluster } = connect(pve, { clock: new VirtualClock() });
    const error = failureOf(cluster.version());
    while (pve.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await cluster.close();
    expect((await error).message).toBe('The connection to Proxmox VE was closed.');
    expect(cluster.pending).toBe(0);
  });
});

describe('what is told', () => {
  it('counts exchanges and tells each to whoever keeps metrics', async () => {
    const pve = await start();
    pve.on('GET /cluster/resources', { status: 403, reason: 'Permission check failed' });
    const { cluster, events } = connect(pve);
    await cluster.version();
    await failureOf(cluster.source.addresses([100]));
    expect(events).toEqual([
      { method: 'GET', path: '/api2/json/version', status: 200, duration: 0 },
      { method: 'GET', path: '/api2/json/cluster/resources', status: 403, duration: 0 },
    ]);
    expect([cluster.requests, cluster.pending]).toEqual([2, 0]);
  });

  const everything = (value: unknown): string => inspect(value, { depth: null, showHidden: true, getters: true });

  it.each([
    ['token', SECRET, { kind: 'token', id: TOKEN_ID, secret: SECRET } as const],
    ['password', PASSWORD, ticket],
  ])('no %s, whatever fails and however closely one looks', async (_what, secret, auth) => {
    const replies: readonly Reply[] = [
      HANG_UP,
      REFUSED,
      { status: 403, reason: `Permission check failed (/${secret}, X)` },
      { status: 400, reason: `what is ${secret}`, errors: { [`field`]: `got ${secret}` } },
      { status: 500, reason: `die ${secret}` },
      { write: (response) => void response.writeHead(200).end(`{"data":{"echo":"${secret}`) },
      { data: { version: 9 } },
    ];
    for (const reply of replies) {
      const pve = await start();
      withTickets(pve);
      pve.on('GET /version', reply);
      const { cluster, drive, warnings, events } = connect(pve, { auth, retries: 0 });
      const error = await drive(cluster.version()).catch((caught: unknown) => caught);
      for (const shown of [error, cluster, warnings, events, JSON.stringify(error), String((error as Error).stack)]) {
        // Not even half of it, as where an answer is quoted from its beginning.
        expect(everything(shown)).not.toContain(secret.slice(0, 12));
        expect(everything(shown)).not.toContain('sig+/=');
      }
    }
  });
});
