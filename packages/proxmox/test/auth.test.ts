import { afterEach, describe, expect, it } from 'vitest';
import { connect, failureOf, PASSWORD, SECRET, TOKEN_ID } from './support/connected.ts';
import { ABORT, REFUSED, TASK, ticket, withTickets } from './support/login.ts';
import { TestPve } from './support/pve.ts';

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
