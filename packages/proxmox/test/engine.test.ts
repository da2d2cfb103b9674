import { inspect } from 'node:util';
import { T0, VirtualClock } from '@ballast/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { connect, failureOf, PASSWORD, SECRET, TOKEN_ID } from './support/connected.ts';
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

const HANG_UP: Reply = { write: (response) => void response.destroy() };
const REFUSED: Reply = { status: 401, reason: 'Authentication failed!' };
const TASK = {
  id: 'UPID:pve1:00001234:00005678:69000000:qmigrate:100:root@pam:',
  node: 'pve1',
  guest: 100,
  startedAt: T0,
};
const ABORT = `DELETE /nodes/pve1/tasks/${TASK.id}`;
const ticket = { kind: 'ticket', username: 'root@pam', password: PASSWORD } as const;

/** A server that gives out tickets T1, T2... and takes the newest alone. */
function withTickets(pve: TestPve): { readonly issued: () => number; readonly expire: () => void } {
  let issued = 0;
  let valid = '';
  pve.on('POST /access/ticket', ({ form }) => {
    if (form['password'] !== PASSWORD) return { status: 401, reason: 'authentication failure' };
    valid = `PVE:root@pam:T${++issued}::sig+/=`;
    return { data: { ticket: valid, CSRFPreventionToken: `csrf-${issued}`, username: 'root@pam' } };
  });
  const guard = (reply: Reply) => (seen: { readonly headers: Readonly<Record<string, unknown>> }) =>
    seen.headers['cookie'] === `PVEAuthCookie=${encodeURIComponent(valid)}` ? reply : REFUSED;
  pve.on('GET /version', guard({ data: { version: '9.2.11' } }));
  pve.on(ABORT, guard({ data: null }));
  return {
    issued: () => issued,
    expire: () => {
      valid = 'expired';
    },
  };
}

describe('API token', () => {
  it('goes with each request; writes need no CSRF token', async () => {
    const pve = await start();
    pve.on(ABORT, { data: null });
    const { cluster } = connect(pve);
    await cluster.version();
    await cluster.migrator.abort(TASK);
    for (const { headers } of pve.seen) {
      expect(headers.authorization).toBe(`PVEAPIToken=${TOKEN_ID}=${SECRET}`);
      expect(headers['csrfpreventiontoken']).toBeUndefined();
      expect(headers.cookie).toBeUndefined();
    }
    // Proxmox VE answers 501 to a DELETE with a body.
    expect(pve.last(ABORT).headers['content-length'] ?? '0').toBe('0');
    expect(pve.last(ABORT).headers['transfer-encoding']).toBeUndefined();
  });

  it('is refused when it is wrong, and not tried again', async () => {
    const pve = await start();
    pve.on('GET /version', REFUSED);
    expect(await failureOf(connect(pve).cluster.version())).toMatchObject({
      code: 'proxmox-unauthorized',
      kind: 'auth',
      message: `Expected Proxmox VE to accept token ${TOKEN_ID}, got 401 (Authentication failed!).`,
      hint: 'Check id and secret of the token, that it has not expired and that its user is enabled (`pveum user token list USER`).',
    });
    expect(pve.seen).toHaveLength(1);
  });

  it.each(['ballast', 'ballast@pve', 'ballast!operator', 'ballast@pve!op=1'])('refuses %j as an id', (id) => {
    expect(() => connect([], { endpoints: ['pve1'], auth: { kind: 'token', id, secret: SECRET } })).toThrow(
      `Expected a token id as USER@REALM!NAME, got ${JSON.stringify(id)}.`,
    );
  });

  it('refuses a secret that cannot be one, without showing it', () => {
    const secret = `${SECRET}\r\nX-Evil: 1`;
    const connecting = (): unknown =>
      connect([], { endpoints: ['pve1'], auth: { kind: 'token', id: TOKEN_ID, secret } });
    expect(connecting).toThrow(`Expected the secret of token ${TOKEN_ID} in one line without spaces.`);
  });
});

describe('ticket', () => {
  it('is fetched once for requests at the same time, and goes as a cookie', async () => {
    const pve = await start();
    const { issued } = withTickets(pve);
    pve.on('GET /cluster/resources', { data: [] });
    const { cluster } = connect(pve, { auth: ticket });
    await Promise.all([cluster.version(), cluster.version(), cluster.version()]);
    expect(issued()).toBe(1);
    expect(pve.last('POST /access/ticket').form).toEqual({ username: 'root@pam', password: PASSWORD });
    expect(pve.last('GET /version').headers.authorization).toBeUndefined();
  });

  it('comes with the CSRF token on writes alone', async () => {
    const pve = await start();
    withTickets(pve);
    const { cluster } = connect(pve, { auth: ticket });
    await cluster.version();
    await cluster.migrator.abort(TASK);
    expect(pve.last('GET /version').headers['csrfpreventiontoken']).toBeUndefined();
    expect(pve.last(ABORT).headers['csrfpreventiontoken']).toBe('csrf-1');
  });

  it('is renewed well before its two hours are over', async () => {
    const pve = await start();
    const { issued } = withTickets(pve);
    const { cluster, clock } = connect(pve, { auth: ticket });
    await cluster.version();
    await clock.advance(89 * 60_000);
    await cluster.version();
    expect(issued()).toBe(1);
    await clock.advance(11 * 60_000);
    await cluster.version();
    expect(issued()).toBe(2);
  });

  it('is renewed once after a 401, for a write too: a refused request did nothing', async () => {
    const pve = await start();
    const { issued, expire } = withTickets(pve);
    const { cluster } = connect(pve, { auth: ticket });
    await cluster.migrator.abort(TASK);
    expire();
    await cluster.migrator.abort(TASK);
    expect(issued()).toBe(2);
    expect(pve.count(ABORT)).toBe(3);
  });

  it('that is refused again is an error', async () => {
    const pve = await start();
    const { issued } = withTickets(pve);
    pve.on('GET /version', REFUSED);
    expect(await failureOf(connect(pve, { auth: ticket }).cluster.version())).toMatchObject({
      code: 'proxmox-unauthorized',
      message: 'Expected Proxmox VE to accept user root@pam, got 401 (Authentication failed!).',
    });
    expect(issued()).toBe(2);
    expect(pve.count('GET /version')).toBe(2);
  });

  it('is not given for a wrong password', async () => {
    const pve = await start();
    withTickets(pve);
    const auth = { ...ticket, password: 'wrong-horse' };
    expect(await failureOf(connect(pve, { auth }).cluster.version())).toMatchObject({
      code: 'proxmox-login-refused',
      message: 'Expected Proxmox VE to accept the password of user root@pam, got 401 (authentication failure).',
      hint: 'Check user, realm and password in `cluster` of the configuration; a user with a second factor needs an API token.',
    });
    expect(pve.count('POST /access/ticket')).toBe(1);
  });

  it('needs a user without a second factor', async () => {
    const pve = await start();
    pve.on('POST /access/ticket', {
      data: { ticket: 'PVE:!tfa!x', CSRFPreventionToken: 'c', username: 'root@pam', NeedTFA: 1 },
    });
    expect(await failureOf(connect(pve, { auth: ticket }).cluster.version())).toMatchObject({
      code: 'proxmox-second-factor',
      message: 'Expected a ticket for user root@pam, got a challenge for a second factor.',
      hint: 'Use an API token: it needs none (Datacenter > Permissions > API Tokens).',
    });
  });

  it('needs a realm', () => {
    const auth = { ...ticket, username: 'root' };
    expect(() => connect([], { endpoints: ['pve1'], auth })).toThrow(
      'Expected a user as USER@REALM with a password, got "root".',
    );
  });
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
