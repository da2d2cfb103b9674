import { inspect } from 'node:util';
import { T0, VirtualClock } from '@ballast/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { type Connected, connect, failureOf, PASSWORD, SECRET, TOKEN_ID } from './support/connected.ts';
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
    a.on('GET /version', { data: { version: '9.2.11' } });
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

describe('memory of endpoints', () => {
  const HANG: Reply = { write: () => undefined };
  const RESOURCES = 'GET /cluster/resources';
  const lookUp = ({ cluster }: Connected): Promise<unknown> => cluster.source.addresses([100]);
  const counts = (...pves: TestPve[]): readonly number[] => pves.map((pve) => pve.count(RESOURCES));
  /** Two endpoints that answer, and time that passes when a test says so. */
  const two = async (): Promise<{ a: TestPve; b: TestPve; made: Connected; clock: VirtualClock }> => {
    const [a, b] = [await start(), await start()];
    for (const pve of [a, b]) pve.on(RESOURCES, { data: [] });
    const clock = new VirtualClock(T0);
    return { a, b, made: connect([a, b], { clock }), clock };
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  };

  it.each<readonly [what: string, reply: Reply]>([
    ['answers for a proxy without its server', { status: 503, reason: 'Service Unavailable' }],
    ['has lost its cluster file system', { status: 500, reason: 'ipcc_send_rec[1] failed: Connection refused' }],
    ['does not reach its own daemon', { status: 595, reason: 'Connection refused' }],
    ['breaks connections', HANG_UP],
    ['sends a login page', { write: (response) => void response.writeHead(200).end('<html>') }],
  ])('one that %s is left alone from then on', async (_what, reply) => {
    const { a, b, made } = await two();
    a.on(RESOURCES, reply);
    for (let i = 0; i < 3; i++) await lookUp(made);
    expect(counts(a, b)).toEqual([1, 3]);
    expect(made.warnings).toHaveLength(1);
  });

  it('one that hangs costs one request its first look, and no other anything', async () => {
    const { a, b, made, clock } = await two();
    a.on(RESOURCES, HANG);
    const crowd = Array.from({ length: 20 }, () => lookUp(made));
    await until(() => a.count(RESOURCES) > 0);
    await clock.advance(4000);
    await Promise.all(crowd);
    expect(counts(a, b)).toEqual([1, 20]);
    expect(clock.now() - T0).toBe(4000);
    expect(made.warnings).toEqual([
      `${a.endpoint} is tried last for a while: Expected ${a.endpoint} to answer GET /cluster/resources within 4 s, got nothing.`,
    ]);
  });

  it('one that answers for the first time is asked by one request alone until it does', async () => {
    const { a, b, made } = await two();
    let most = 0;
    a.on(RESOURCES, () => {
      most = Math.max(most, made.cluster.pending);
      return { data: [] };
    });
    await lookUp(made);
    expect(most).toBe(1);
    await Promise.all(Array.from({ length: 20 }, () => lookUp(made)));
    expect(counts(a, b)).toEqual([21, 0]);
  });

  it('what waits for one that has died goes elsewhere with the first that notices', async () => {
    const { a, b, made, clock } = await two();
    await lookUp(made);
    a.on(RESOURCES, HANG);
    const first = lookUp(made);
    await until(() => a.count(RESOURCES) === 2);
    await clock.advance(9000);
    const late = Array.from({ length: 5 }, () => lookUp(made));
    await until(() => a.count(RESOURCES) === 7);
    await clock.advance(1000);
    await Promise.all([first, ...late]);
    // Alone, the late ones would have waited for another nine seconds.
    expect(clock.now() - T0).toBe(10_000);
    expect(counts(a, b)).toEqual([7, 6]);
  });

  it('is looked after once it has rested, and no request waits for that', async () => {
    const { a, b, made, clock } = await two();
    a.on(RESOURCES, HANG_UP);
    await lookUp(made);
    a.on('GET /version', HANG);
    await clock.advance(61_000);
    await Promise.all(Array.from({ length: 5 }, () => lookUp(made)));
    expect([a.count('GET /version'), ...counts(a, b)]).toEqual([1, 1, 6]);
    await until(() => made.cluster.pending === 1);
    await clock.advance(4000);
    await until(() => made.cluster.pending === 0);
    // Not back yet: it rests for another minute.
    await lookUp(made);
    expect(a.count('GET /version')).toBe(1);
    a.on('GET /version', { data: { version: '9.2.11' } }).on(RESOURCES, { data: [] });
    await clock.advance(61_000);
    await lookUp(made);
    await until(() => made.warnings.length === 2);
    expect(made.warnings.at(-1)).toBe(`${a.endpoint} answers again.`);
    // Connections stay where they are warm, until that one fails.
    b.on(RESOURCES, HANG_UP);
    await lookUp(made);
    expect(counts(a, b)).toEqual([2, 9]);
  });

  it('a refusal of the cluster shows that an endpoint lives', async () => {
    const { a, b, made } = await two();
    a.on(RESOURCES, { status: 403, reason: 'Permission check failed' });
    for (let i = 0; i < 2; i++) await failureOf(lookUp(made));
    expect(counts(a, b)).toEqual([2, 0]);
  });

  it('a write waits for the first look, and goes where it leads', async () => {
    const { a, b, made, clock } = await two();
    a.on(RESOURCES, HANG);
    for (const pve of [a, b]) pve.on(ABORT, { data: null });
    const looking = lookUp(made);
    await until(() => a.count(RESOURCES) === 1);
    const writing = made.cluster.migrator.abort(TASK);
    await clock.advance(4000);
    await Promise.all([looking, writing]);
    expect([a.count(ABORT), b.count(ABORT)]).toEqual([0, 1]);
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
    expect((await error).code).toBe('proxmox-daemon-down');
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
