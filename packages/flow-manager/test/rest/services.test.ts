import { expect, test } from 'vitest';
import { carriedServices } from '../../src/index.ts';
import { aBody, aServer } from './support.ts';

const ONE = { guest: 101, address: '10.9.0.11', port: 8080 };

test('a service is made, read, listed, made anew from what was read, and removed', async () => {
  const { call } = aServer();
  const body = {
    ...aBody({ vip: { address: 'FD00:0::1', port: 443 }, members: [{ ...ONE, address: 'fd00::9' }] }),
    mac: '02-00-00-00-00-05',
    persistence: { type: 'source-ip', timeout: 60_000 },
    monitor: {
      type: 'http',
      delay: 1_000,
      timeout: 500,
      maxRetries: 2,
      maxRetriesDown: 3,
      http: { method: 'GET', path: '/healthz', expectedCodes: [200, 204] },
    },
  };
  const made = await call('PUT', '/v1/services/pay%2Fsix', body);
  expect(made.status).toBe(200);
  expect(made.body).toEqual({
    name: 'pay/six',
    version: 2,
    spec: {
      ...body,
      mac: '02:00:00:00:00:05',
      vip: { address: 'fd00::1', port: 443 },
      members: [{ ...ONE, address: 'fd00::9', weight: 1, state: 'ready' }],
    },
    status: [{ guest: 101, state: 'ready', held: false, health: 'up', ramp: 1 }],
  });
  expect((await call('GET', '/v1/services/pay%2Fsix')).body).toEqual(made.body);
  const list = (await call('GET', '/v1/services')).body;
  expect(list.services.map((service: { name: string }) => service.name)).toEqual(['shop', 'pay/six']);
  expect((await call('PUT', '/v1/services/pay%2Fsix', made.body.spec)).body).toEqual(made.body);
  expect(await call('DELETE', '/v1/services/pay%2Fsix')).toEqual({ status: 204, body: undefined });
  expect((await call('GET', '/v1/services/pay%2Fsix')).status).toBe(404);
});

test('members that stay keep weight, state and who holds them; new ones begin at 1', async () => {
  const { call } = aServer();
  await call('PUT', '/v1/services/shop/weights', {
    members: [{ guest: 101, weight: 0.25, state: 'drain' }],
    fencing: '7',
  });
  await call('POST', '/v1/services/shop/members/102/drain');
  const members = [101, 102, 105].map((guest) => ({ guest, address: `10.9.0.${guest - 90}`, port: 8081 }));
  const { body } = await call('PUT', '/v1/services/shop', aBody({ members }));
  expect(body.fencing).toBe('7');
  expect((await call('GET', '/v1/services/shop/weights')).body.members).toEqual([
    { guest: 101, weight: 0.25, state: 'drain', held: false },
    { guest: 102, weight: 1, state: 'drain', held: true },
    { guest: 105, weight: 1, state: 'ready', held: false },
  ]);
});

test('a service is fenced like its weights: who led before is refused, a person is not, and the token stays', async () => {
  const { call } = aServer();
  const put = (fencing?: string, port = 80): ReturnType<typeof call> =>
    call('PUT', '/v1/services/pay', { ...aBody({ vip: { address: '10.9.9.2', port } }), ...(fencing && { fencing }) });
  expect((await put('7')).body).toMatchObject({ fencing: '7', version: 2 });
  expect(await put('6', 81)).toEqual({
    status: 409,
    body: {
      code: 'registry-stale-token',
      message: 'Expected a fencing token of 7 or newer for "pay", got 6.',
      hint: 'Another sender leads since; stop sending, or become the leader again and send the new token.',
    },
  });
  expect((await put(undefined, 82)).body).toMatchObject({ fencing: '7', spec: { vip: { port: 82 } } });
  expect((await put('18446744073709551616', 82)).body).toMatchObject({ fencing: '18446744073709551616', version: 4 });
  const late = await call('PUT', '/v1/services/pay/weights', { members: [], fencing: '7' });
  expect(late.status).toBe(409);
  expect((await put('a')).status).toBe(400);
});

test('weights are set and read; those not named stay', async () => {
  const { call, registry } = aServer();
  const members = [
    { guest: 101, weight: 0.5 },
    { guest: 103, weight: 0, state: 'drain' },
  ];
  const put = await call('PUT', '/v1/services/shop/weights', { members, fencing: '18446744073709551616' });
  expect(put).toEqual(await call('GET', '/v1/services/shop/weights'));
  expect(put.body).toEqual({
    service: 'shop',
    version: 2,
    fencing: '18446744073709551616',
    members: [
      { guest: 101, weight: 0.5, state: 'ready', held: false },
      { guest: 102, weight: 1, state: 'ready', held: false },
      { guest: 103, weight: 0, state: 'drain', held: false },
      { guest: 104, weight: 1, state: 'ready', held: false },
    ],
  });
  await call('PUT', '/v1/services/shop/weights', { members, fencing: '18446744073709551616' });
  expect(registry.state.version).toBe(2);
});

test('a member that a person drained stays so through weight tables, until it is said ready', async () => {
  const { call, registry } = aServer();
  const states = (): unknown => carriedServices(registry.state)[0]?.members.map(({ state }) => state);
  expect((await call('POST', '/v1/services/shop/members/102/drain')).status).toBe(200);
  await call('PUT', '/v1/services/shop/weights', { members: [{ guest: 102, weight: 0.3, state: 'ready' }] });
  expect(states()).toEqual(['ready', 'drain', 'ready', 'ready']);
  expect((await call('GET', '/v1/services/shop')).body.status[1]).toMatchObject({ state: 'drain', held: true });
  await call('POST', '/v1/services/shop/members/102/ready');
  expect(states()).toEqual(['ready', 'ready', 'ready', 'ready']);
  await call('PUT', '/v1/services/shop/weights', { members: [{ guest: 104, weight: 1, state: 'drain' }] });
  await call('POST', '/v1/services/shop/members/104/ready');
  expect(states()).toEqual(['ready', 'ready', 'ready', 'ready']);
});

test('placements are told, moved, listed and forgotten', async () => {
  const { call } = aServer();
  const told = await call('PUT', '/v1/placements/FD00::5', { mac: '02-00-00-00-00-0A', at: { dpid: 'a1', port: 3 } });
  const placement = {
    address: 'fd00::5',
    mac: '02:00:00:00:00:0a',
    by: 'told',
    at: { dpid: '00000000000000a1', port: 3 },
  };
  expect(told).toEqual({ status: 200, body: placement });
  const moved = await call('PUT', '/v1/placements/fd00::5', { mac: '02:00:00:00:00:0a', at: { dpid: 'a2', port: 1 } });
  expect(moved.body.at).toEqual({ dpid: '00000000000000a2', port: 1 });
  expect((await call('GET', '/v1/placements')).body).toEqual({ placements: [moved.body] });
  expect((await call('DELETE', '/v1/placements/fd00::5')).status).toBe(204);
  expect((await call('DELETE', '/v1/placements/fd00::5')).body.code).toBe('rest-unknown-placement');
});
