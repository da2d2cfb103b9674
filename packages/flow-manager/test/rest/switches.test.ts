import { expect, test } from 'vitest';
import { ChannelError, type FlowsOfSwitch } from '../../src/index.ts';
import { aServer } from './support.ts';

const CARRIED: FlowsOfSwitch = {
  flows: [
    {
      table: 0,
      tableName: 'CLASSIFY',
      priority: 150,
      purpose: 'vip',
      service: 'shop',
      text: 'to 10.9.0.100 port 80: track',
      packets: 12,
      bytes: 1_234,
    },
    { table: 0, tableName: 'CLASSIFY', priority: 0, purpose: 'normal', text: 'anything: as it would go' },
  ],
  groups: [{ id: 3_405_692_929, text: '256 slots: 10.9.0.11 100%' }],
};

test('flows are told in words, by an id in any notation', async () => {
  const asked: string[] = [];
  const { call } = aServer({
    flows: async (id) => {
      asked.push(id);
      return id === '00000000000000a1' ? CARRIED : undefined;
    },
  });
  const answer = { status: 200, body: { switch: '00000000000000a1', ...CARRIED } };
  expect(await call('GET', '/v1/switches/00000000000000a1/flows')).toEqual(answer);
  expect(await call('GET', '/v1/switches/A1/flows')).toEqual(answer);
  expect(asked).toEqual(['00000000000000a1', '00000000000000a1']);
});

test('a switch that is not connected is told from one that does not answer', async () => {
  const { call } = aServer({
    flows: async (id) => {
      if (id.endsWith('f')) throw new ChannelError('channel-timeout', 'Expected an answer to flows within 10 s.');
      return undefined;
    },
  });
  expect(await call('GET', '/v1/switches/a2/flows')).toEqual({
    status: 404,
    body: {
      code: 'rest-unknown-switch',
      message: 'No switch 00000000000000a2 is connected; none is connected.',
      hint: 'GET /v1/switches lists them; ovs-vsctl get bridge BRIDGE datapath_id tells the id of one.',
    },
  });
  expect(await call('GET', '/v1/switches/f/flows')).toMatchObject({ status: 504, body: { code: 'channel-timeout' } });
  expect(await call('GET', '/v1/switches/br0/flows')).toMatchObject({ status: 400, body: { code: 'rest-invalid' } });
});

test('open connections stand beside the members whose connections are counted', async () => {
  const members = [{ guest: 101, address: '10.9.0.11', port: 8080, open: 7 }];
  const { call } = aServer({ connections: () => [{ service: 'shop', members }] });
  const { body } = await call('GET', '/v1/services/shop');
  expect(body.status.map(({ guest, open }: { guest: number; open?: number }) => [guest, open])).toEqual([
    [101, 7],
    [102, undefined],
    [103, undefined],
    [104, undefined],
  ]);
  expect((await call('GET', '/v1/services')).body.services[0].status[0].open).toBe(7);
});

test('a change is answered when it is kept, a question at once', async () => {
  const done: string[] = [];
  const { call } = aServer({
    kept: async () => {
      await Promise.resolve();
      done.push('kept');
    },
  });
  await call('GET', '/v1/services');
  expect(done).toEqual([]);
  expect((await call('POST', '/v1/services/shop/members/101/drain')).status).toBe(200);
  expect(done).toEqual(['kept']);
  expect((await call('POST', '/v1/services/none/members/101/drain')).status).toBe(404);
  expect((await call('DELETE', '/v1/services/shop')).status).toBe(204);
  expect(done).toEqual(['kept', 'kept']);
});
