import type { LightMyRequestResponse as Response } from 'fastify';
import { describe, expect, test } from 'vitest';
import { aBody, aServer } from './support.ts';

const WEIGHTS = '/v1/services/shop/weights';
const MEMBER = { guest: 101, address: '10.9.0.11', port: 8080 };
const member = (fields: object): unknown => ({ members: [{ guest: 101, weight: 1, ...fields }] });

type Row = [
  name: string,
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  url: string,
  body: unknown,
  status: number,
  message: string,
];

describe('what is refused, and in which words', () => {
  test.each<Row>([
    [
      'a weight of text',
      'PUT',
      WEIGHTS,
      member({ weight: '1' }),
      400,
      'Expected members[0].weight to be number, got "1".',
    ],
    ['a weight above 1', 'PUT', WEIGHTS, member({ weight: 2 }), 400, 'Expected members[0].weight to be <= 1, got 2.'],
    ['no weight', 'PUT', WEIGHTS, { members: [{ guest: 1 }] }, 400, 'Expected members[0] to have weight, got none.'],
    [
      'a state',
      'PUT',
      WEIGHTS,
      member({ state: 'off' }),
      400,
      'Expected members[0].state to be one of ready, drain, got "off".',
    ],
    ['a key', 'PUT', WEIGHTS, member({ wieght: 1 }), 400, 'Unknown key "wieght" in members[0]; did you mean weight?'],
    [
      'a key like none',
      'PUT',
      WEIGHTS,
      { members: [], zzzzzzzz: 1 },
      400,
      'Unknown key "zzzzzzzz" in the body; known are fencing, members.',
    ],
    ['a token of a number', 'PUT', WEIGHTS, { members: [], fencing: 7 }, 400, 'Expected fencing to be string, got 7.'],
    ['a body of a list', 'PUT', WEIGHTS, [], 400, 'Expected the body to be object, got a list of 0.'],
    [
      'an unknown service',
      'PUT',
      '/v1/services/shpo/weights',
      { members: [] },
      404,
      'There is no service "shpo"; nearest: shop.',
    ],
    [
      'an unlike service',
      'GET',
      '/v1/services/warehouse',
      undefined,
      404,
      'There is no service "warehouse"; known are shop.',
    ],
    [
      'an unknown member',
      'PUT',
      WEIGHTS,
      member({ guest: 109 }),
      404,
      'Service "shop" has no member 109; nearest: 101, 102, 103.',
    ],
    [
      'a member twice',
      'PUT',
      WEIGHTS,
      { members: [MEMBER, MEMBER].map(({ guest }) => ({ guest, weight: 1 })) },
      400,
      'Expected each guest once in service "shop", got 101 twice.',
    ],
    [
      'a member to drain',
      'POST',
      '/v1/services/shop/members/9/drain',
      undefined,
      404,
      'Service "shop" has no member 9; it has 101, 102, 103, 104.',
    ],
    [
      'a guest of letters',
      'POST',
      '/v1/services/shop/members/web/drain',
      undefined,
      400,
      'Expected guest to match pattern "^[1-9][0-9]{0,8}$", got "web".',
    ],
    [
      'a port',
      'PUT',
      '/v1/services/pay',
      aBody({ members: [{ ...MEMBER, port: 70_000 }] }),
      400,
      'Expected members[0].port to be <= 65535, got 70000.',
    ],
    [
      'an address',
      'PUT',
      '/v1/services/pay',
      aBody({ members: [{ ...MEMBER, address: '10.9.0' }] }),
      422,
      'Expected an IPv4 or IPv6 address, got "10.9.0".',
    ],
    [
      'a VIP that is taken',
      'PUT',
      '/v1/services/pay',
      aBody(),
      422,
      'Expected one service at tcp 10.9.0.100 port 80, got shop and pay.',
    ],
    [
      'a guest twice',
      'PUT',
      '/v1/services/shop',
      aBody({ members: [MEMBER, { ...MEMBER, port: 1 }] }),
      400,
      'Expected each guest once in service "shop", got 101 twice.',
    ],
    [
      'a switch id',
      'PUT',
      '/v1/placements/10.9.0.11',
      { mac: '02:00:00:00:00:01', at: { dpid: 'xyz', port: 1 } },
      400,
      'Expected at.dpid to match pattern "^[0-9a-fA-F]{1,16}$", got "xyz".',
    ],
    [
      'a multicast MAC',
      'PUT',
      '/v1/placements/10.9.0.11',
      { mac: '01:00:00:00:00:01' },
      422,
      'Expected the MAC address of a host, got "01:00:00:00:00:01".',
    ],
    ['a path', 'GET', '/v1/service', undefined, 404, 'There is no GET /v1/service.'],
    ['a method', 'DELETE', WEIGHTS, undefined, 404, `There is no DELETE ${WEIGHTS}.`],
    ['a bad escape', 'GET', '/v1/services/%zz', undefined, 400, 'The path is not well encoded.'],
  ])('%s', async (_, method, url, body, status, message) => {
    const { call, registry } = aServer();
    const before = registry.state;
    const got = await call(method, url, body);
    expect(got).toEqual({ status, body: { code: expect.any(String), message, hint: expect.any(String) } });
    expect(registry.state).toBe(before);
  });

  test.each([
    ['no JSON', '{"members":', 'application/json', 400, 'rest-bad-json'],
    ['nothing', '', 'application/json', 400, 'rest-bad-json'],
    ['a poisoned prototype', '{"members":[],"__proto__":{}}', 'application/json', 400, 'rest-bad-json'],
    ['another media type', 'members', 'text/html', 415, 'rest-media-type'],
    ['more than the limit', JSON.stringify('x'.repeat(1_048_577)), 'application/json', 413, 'rest-too-large'],
  ])('a body of %s', async (_, payload, type, status, code) => {
    const { server } = aServer();
    const response = await server.inject({ method: 'PUT', url: WEIGHTS, payload, headers: { 'content-type': type } });
    expect(response.statusCode).toBe(status);
    expect(response.json()).toEqual({ code, message: expect.any(String), hint: expect.any(String) });
  });
});

test('an older fencing token, or none after one, is refused with 409; the same and a newer one are taken', async () => {
  const { call } = aServer();
  const put = (fencing: string | undefined): ReturnType<typeof call> =>
    call('PUT', WEIGHTS, { ...(member({}) as object), ...(fencing !== undefined && { fencing }) });
  const statuses: number[] = [];
  for (const token of [undefined, '9', '9', '10', '9', undefined, '11']) statuses.push((await put(token)).status);
  expect(statuses).toEqual([200, 200, 200, 200, 409, 409, 200]);
  expect((await put('10')).body).toEqual({
    code: 'registry-stale-token',
    message: 'Expected a fencing token of 11 or newer for "shop", got 10.',
    hint: expect.stringContaining('Another sender leads'),
  });
});

test('every path but those that tell nothing asks for the token, and none tells it', async () => {
  const metrics = { contentType: 'text/plain', metrics: async () => 'up 1\n' };
  const { server } = aServer({ token: 'Sesame', metrics });
  const ask = (url: string, authorization?: string): Promise<Response> =>
    server.inject({ method: 'GET', url, headers: authorization === undefined ? {} : { authorization } });
  for (const url of ['/v1/services', '/v1/services/shop', WEIGHTS, '/v1/switches', '/v1/placements', '/metrics']) {
    for (const wrong of [undefined, '', 'Bearer', 'Bearer sesame', 'Bearer Sesame2', 'Basic Sesame', 'Sesame']) {
      const response = await ask(url, wrong);
      expect([url, wrong, response.statusCode]).toEqual([url, wrong, 401]);
      expect(response.headers['www-authenticate']).toBe('Bearer');
      expect(response.body).not.toContain('Sesame');
    }
    expect([url, (await ask(url, 'Bearer Sesame')).statusCode]).toEqual([url, 200]);
  }
  expect((await ask('/healthz')).statusCode).toBe(200);
  expect((await ask('/v1/openapi.json')).statusCode).toBe(200);
});

test('what is not the client’s fault says nothing of its inside, and is told to the log', async () => {
  const failures: unknown[] = [];
  const fault = new Error('password is 1234');
  const { call } = aServer({
    switches: () => {
      throw fault;
    },
    failed: (error) => failures.push(error),
  });
  const { status, body } = await call('GET', '/v1/switches');
  expect([status, body.code]).toEqual([500, 'rest-internal']);
  expect(JSON.stringify(body)).not.toContain('1234');
  expect(failures).toEqual([fault]);
});
