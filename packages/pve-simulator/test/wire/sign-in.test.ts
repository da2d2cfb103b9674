import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_TOKEN, DEFAULT_USER, demoWorld, type Simulator, startSimulator } from '../../src/index.ts';
import { call, data, type WireAnswer } from '../support/client.ts';

interface Ticket {
  readonly ticket: string;
  readonly CSRFPreventionToken: string;
  readonly username: string;
  readonly cap?: object;
  readonly NeedTFA?: number;
}

let simulator: Simulator;
beforeAll(async () => {
  const users = [DEFAULT_USER, { name: 'alice@pve', password: 'correct horse', totp: '123456' }];
  simulator = await startSimulator({ strict: true, world: demoWorld(1), speed: 0, users });
});
afterAll(() => simulator.stop());

const HOUR = 3_600_000;

async function signIn(form: Readonly<Record<string, string>>): Promise<Ticket> {
  const answer = await call(simulator, 'POST', '/access/ticket', { headers: {}, form });
  expect(answer.status).toBe(200);
  return (JSON.parse(answer.body) as { data: Ticket }).data;
}

function cookie(ticket: string): Record<string, string> {
  return { cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}` };
}

const migrate = { target: 'pve2', online: 1 };

describe('signing in', () => {
  it.each([
    { name: 'nothing', headers: {}, reason: 'No ticket' },
    {
      name: 'a wrong secret',
      headers: { authorization: `PVEAPIToken=${DEFAULT_TOKEN.id}=wrong` },
      reason: 'Authentication failed!',
    },
    {
      name: 'an unknown token',
      headers: { authorization: `PVEAPIToken=x@pve!y=${DEFAULT_TOKEN.secret}` },
      reason: 'Authentication failed!',
    },
    {
      name: 'a token without a secret',
      headers: { authorization: `PVEAPIToken=${DEFAULT_TOKEN.id}` },
      reason: 'Authentication failed!',
    },
    {
      name: 'a ticket of another maker',
      headers: cookie('PVE:root@pam:6B0954A0::AAAA'),
      reason: 'Authentication failed!',
    },
  ])('with $name is 401 $reason, empty', async ({ headers, reason }) => {
    const answer = await call(simulator, 'GET', '/version', { headers });
    expect(answer).toMatchObject({ status: 401, reason, body: '' });
    expectRejected(answer, reason);
  });

  it.each([
    `PVEAPIToken=${DEFAULT_TOKEN.id}=${DEFAULT_TOKEN.secret}`,
    `PVEAPIToken ${DEFAULT_TOKEN.id}=${DEFAULT_TOKEN.secret}`,
    `PVEAPIToken=${encodeURIComponent(DEFAULT_TOKEN.id)}=${DEFAULT_TOKEN.secret}`,
  ])('takes a token as %s', async (authorization) => {
    expect((await call(simulator, 'GET', '/version', { headers: { authorization } })).status).toBe(200);
  });

  it('gives a ticket for a password', async () => {
    const given = await signIn({ username: 'root@pam', password: DEFAULT_USER.password });
    expect(given).toMatchObject({ username: 'root@pam', cap: {} });
    expect(given.ticket).toMatch(/^PVE:root@pam:[0-9A-F]{8}::/);
    expect((await call(simulator, 'GET', '/version', { headers: cookie(given.ticket) })).status).toBe(200);
    const byRealm = await signIn({ username: 'root', realm: 'pam', password: DEFAULT_USER.password });
    expect(byRealm.username).toBe('root@pam');
  });

  it.each([
    { username: 'root@pam', password: 'wrong' },
    { username: 'nobody@pam', password: DEFAULT_USER.password },
    { username: 'root@pam', password: '' },
  ])('refuses %o in JSON', async (form) => {
    const answer = await call(simulator, 'POST', '/access/ticket', {
      headers: {},
      form,
    });
    expect(answer).toMatchObject({ status: 401, reason: 'authentication failure' });
    expect(JSON.parse(answer.body)).toEqual({ data: null, message: 'authentication failure\n' });
  });

  it('names what is missing', async () => {
    const answer = await call(simulator, 'POST', '/access/ticket', { headers: {}, form: { username: 'root@pam' } });
    expect(answer).toMatchObject({ status: 400, reason: 'Parameter verification failed.' });
    expect(JSON.parse(answer.body)).toMatchObject({
      errors: { password: 'property is missing and it is not optional' },
    });
  });

  it('is not for tokens', async () => {
    const form = { username: 'root@pam', password: DEFAULT_USER.password };
    expect(await call(simulator, 'POST', '/access/ticket', { form })).toMatchObject({ status: 403 });
  });

  it('asks a writer with a ticket for the matching token against forgery', async () => {
    const given = await signIn({ username: 'root@pam', password: DEFAULT_USER.password });
    const path = '/nodes/pve1/qemu/101/migrate';
    for (const csrf of [undefined, 'x', `${given.CSRFPreventionToken.slice(0, -4)}AAA=`]) {
      const headers = { ...cookie(given.ticket), ...(csrf === undefined ? {} : { csrfpreventiontoken: csrf }) };
      const answer = await call(simulator, 'POST', path, { headers, form: migrate });
      expectRejected(answer, 'Permission denied - invalid csrf token');
    }
    expect(simulator.world.migrations).toEqual([]);
    const headers = { ...cookie(given.ticket), csrfpreventiontoken: given.CSRFPreventionToken };
    expect((await call(simulator, 'POST', path, { headers, form: { ...migrate, target: 'pve3' } })).status).toBe(200);
    simulator.advance(60_000);
  });

  it('takes a ticket for two hours, and a good one as a password', async () => {
    const given = await signIn({ username: 'root@pam', password: DEFAULT_USER.password });
    simulator.advance(1.5 * HOUR);
    const renewed = await signIn({ username: 'root@pam', password: given.ticket });
    simulator.advance(HOUR);
    expectRejected(
      await call(simulator, 'GET', '/version', { headers: cookie(given.ticket) }),
      'Authentication failed!',
    );
    expect((await call(simulator, 'GET', '/version', { headers: cookie(renewed.ticket) })).status).toBe(200);
  });

  it('asks for a second factor, and takes no challenge for a ticket', async () => {
    const challenge = await signIn({ username: 'alice@pve', password: 'correct horse' });
    expect(challenge).toMatchObject({ NeedTFA: 1, username: 'alice@pve' });
    expect(challenge.cap).toBeUndefined();
    expectRejected(
      await call(simulator, 'GET', '/version', { headers: cookie(challenge.ticket) }),
      'Authentication failed!',
    );
    const again = { username: 'alice@pve', 'tfa-challenge': challenge.ticket };
    const wrong = await call(simulator, 'POST', '/access/ticket', {
      headers: {},
      form: { ...again, password: 'totp:654321' },
    });
    expect(wrong.status).toBe(401);
    const given = await signIn({ ...again, password: 'totp:123456' });
    expect((await call(simulator, 'GET', '/version', { headers: cookie(given.ticket) })).status).toBe(200);
  });

  it('ends with a revoked token or expired tickets, until that is healed', async () => {
    const given = await signIn({ username: 'root@pam', password: DEFAULT_USER.password });
    const heal = [
      simulator.fail({ kind: 'token-revoked', token: DEFAULT_TOKEN.id }),
      simulator.fail({ kind: 'tickets-expired' }),
    ];
    expectRejected(await call(simulator, 'GET', '/version'), 'Authentication failed!');
    expectRejected(
      await call(simulator, 'GET', '/version', { headers: cookie(given.ticket) }),
      'Authentication failed!',
    );
    for (const mend of heal) mend();
    expect((await call(simulator, 'GET', '/version')).status).toBe(200);
    expect((await call(simulator, 'GET', '/version', { headers: cookie(given.ticket) })).status).toBe(200);
  });

  it('lets root do all, as a user', async () => {
    const given = await signIn({ username: 'root@pam', password: DEFAULT_USER.password });
    const rights = await data<Record<string, Record<string, number>>>(simulator, '/access/permissions', {
      headers: cookie(given.ticket),
    });
    expect(rights['/']).toMatchObject({ 'Sys.Console': 1, 'VM.Migrate': 1 });
  });

  it('holds a failure back as long as it is told', async () => {
    const slow = await startSimulator({ strict: true, world: demoWorld(1), speed: 0, authDelay: 60_000 });
    let answered = false;
    const waiting = call(slow, 'GET', '/version', { headers: {} }).then(
      () => {
        answered = true;
      },
      () => undefined,
    );
    expect((await call(slow, 'GET', '/version')).status).toBe(200);
    expect(answered).toBe(false);
    await slow.stop();
    await waiting;
    expect(answered).toBe(false);
  });

  it('leaves no secret in the log of requests', async () => {
    await signIn({ username: 'root@pam', password: DEFAULT_USER.password });
    await call(simulator, 'GET', '/version');
    const text = JSON.stringify(simulator.requestLog);
    expect(text).not.toContain(DEFAULT_USER.password);
    expect(text).not.toContain(DEFAULT_TOKEN.secret);
    expect(simulator.requestLog.at(-1)).toMatchObject({
      method: 'GET',
      path: '/api2/json/version',
      status: 200,
      identity: DEFAULT_TOKEN.id,
    });
  });
});

function expectRejected(answer: WireAnswer, reason: string): void {
  expect(answer).toMatchObject({ status: 401, reason, body: '' });
  expect(answer.headers['content-type']).toBeUndefined();
  expect(answer.headers['connection']).toBe('close');
}
