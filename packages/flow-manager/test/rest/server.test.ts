import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import type { RestParts, SwitchState } from '../../src/index.ts';
import { aBody, aServer } from './support.ts';

const SWITCH: SwitchState = {
  id: '00000000000000a1',
  peer: '10.0.0.1:40000',
  connected: true,
  role: 'master',
  openflow: '1.3',
  description: 'Nicira, Inc. Open vSwitch 3.1.0',
  ports: [{ number: 1, name: 'tap101i0' }],
  problem: 'The switch refused a row.',
  carries: 12,
  rows: { flows: 40, groups: 2 },
  channel: {
    received: 9,
    sent: 8,
    bytesReceived: 700,
    bytesSent: 600,
    echoes: 5,
    packetIns: 4,
    droppedPacketIns: 3,
    malformed: 2,
    strayErrors: 1,
  },
};

/** Whatever may be left out. */
const EVERYTHING: Partial<RestParts> = {
  flows: async (id) => (id === SWITCH.id ? { flows: [], groups: [{ id: 1, text: 'none' }] } : undefined),
  leading: { current: () => ({ role: 'master', generation: 3n }), take: async () => [] },
  connections: () => [{ service: 'shop', members: [{ guest: 101, address: '10.9.0.11', port: 8080, open: 3 }] }],
};

test('switches are listed as they are now', async () => {
  let known: readonly SwitchState[] = [];
  const { call } = aServer({ switches: () => known });
  expect((await call('GET', '/v1/switches')).body).toEqual({ switches: [] });
  known = [SWITCH];
  expect((await call('GET', '/v1/switches')).body).toEqual({ switches: [SWITCH] });
});

test('health says why it is not', async () => {
  let reason: string | undefined;
  const { server } = aServer({ unhealthy: () => reason });
  expect((await server.inject('/healthz')).body).toBe('ok\n');
  reason = 'No switch is connected.';
  const sick = await server.inject('/healthz');
  expect([sick.statusCode, sick.json()]).toEqual([503, { code: 'rest-unhealthy', message: reason }]);
});

test('metrics are served as they are, and only where there are any', async () => {
  const metrics = { contentType: 'text/plain; version=0.0.4; charset=utf-8', metrics: async () => 'up 1\n' };
  const response = await aServer({ metrics }).server.inject('/metrics');
  expect([response.statusCode, response.headers['content-type'], response.body]).toEqual([
    200,
    metrics.contentType,
    'up 1\n',
  ]);
  expect((await aServer().server.inject('/metrics')).statusCode).toBe(404);
});

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<
    Record<
      string,
      { readonly description: string; readonly content?: Readonly<Record<string, { readonly schema: object }>> }
    >
  >;
}

test('the OpenAPI document is sound: references resolve, paths name their parameters, ids are unique', async () => {
  const { call } = aServer({ token: 'x' });
  const { body: document } = await aServer(EVERYTHING).call('GET', '/v1/openapi.json');
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { title: expect.any(String), version: expect.any(String) },
  });
  expect(document.security).toBeUndefined();
  expect((await call('GET', '/v1/openapi.json')).body).toMatchObject({
    security: [{ bearer: [] }],
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  });
  const ajv = new Ajv2020({ strict: false }).addSchema({ $id: 'api', ...document });
  const ids: string[] = [];
  for (const [path, operations] of Object.entries<Record<string, Operation>>(document.paths)) {
    for (const { operationId, parameters = [], requestBody, responses } of Object.values(operations)) {
      ids.push(operationId);
      expect(parameters.map(({ name }) => name)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      expect(parameters.every(({ in: place, required }) => place === 'path' && required)).toBe(true);
      for (const response of Object.values(responses)) expect(response.description).not.toBe('');
      const contents = [requestBody, ...Object.values(responses)].flatMap((part) => Object.values(part?.content ?? {}));
      for (const { schema } of contents) expect(() => ajv.compile(absolute(schema))).not.toThrow();
    }
  }
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(
    'deleteService drainMember forgetPlacement getRole getService getWeights listFlows listPlacements listServices listSwitches putPlacement putRole putService putWeights readyMember'.split(
      ' ',
    ),
  );
});

test('what is answered is what the document says, refusals too', async () => {
  const { call } = aServer({ ...EVERYTHING, switches: () => [SWITCH] });
  const { body: document } = await call('GET', '/v1/openapi.json');
  const ajv = new Ajv2020({ strict: false }).addSchema({ $id: 'api', ...document });
  const weights = { members: [{ guest: 101, weight: 0.5 }], fencing: '3' };
  const rows = [
    ['put', '/v1/services/{name}', '/v1/services/shop', aBody()],
    ['put', '/v1/services/{name}', '/v1/services/pay', aBody()],
    ['get', '/v1/services', '/v1/services', undefined],
    ['put', '/v1/services/{name}/weights', '/v1/services/shop/weights', weights],
    ['put', '/v1/services/{name}/weights', '/v1/services/shop/weights', { ...weights, fencing: '2' }],
    ['put', '/v1/services/{name}/weights', '/v1/services/shop/weights', { weights: 1 }],
    ['get', '/v1/services/{name}', '/v1/services/none', undefined],
    [
      'put',
      '/v1/placements/{address}',
      '/v1/placements/10.9.0.11',
      { mac: '02:00:00:00:00:01', at: { dpid: '1', port: 2 } },
    ],
    ['get', '/v1/placements', '/v1/placements', undefined],
    ['get', '/v1/switches', '/v1/switches', undefined],
    ['get', '/v1/switches/{id}/flows', '/v1/switches/a1/flows', undefined],
    ['get', '/v1/switches/{id}/flows', '/v1/switches/a2/flows', undefined],
    ['get', '/v1/role', '/v1/role', undefined],
    ['put', '/v1/role', '/v1/role', { role: 'slave', generation: '4' }],
    ['put', '/v1/role', '/v1/role', { role: 'slave', generation: '2' }],
  ] as const;
  const seen: number[] = [];
  for (const [method, path, url, body] of rows) {
    const answer = await call(method.toUpperCase() as 'GET', url, body);
    seen.push(answer.status);
    const schema = document.paths[path][method].responses[answer.status]?.content['application/json'].schema;
    expect([url, answer.status, schema]).toEqual([url, answer.status, expect.any(Object)]);
    const validate = ajv.compile(absolute(schema));
    expect([validate(answer.body), validate.errors]).toEqual([true, null]);
  }
  expect(seen).toEqual([200, 422, 200, 200, 409, 400, 404, 200, 200, 200, 200, 404, 200, 200, 409]);
});

/** References of the document as references to it. */
function absolute(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/'));
}
