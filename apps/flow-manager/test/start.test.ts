import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { putPlace } from '@ballast/flow-manager';
import { createLogger, type Logger } from '@ballast/telemetry';
import { LineSink } from '@ballast/testkit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type RunningFlowManager, startFlowManager } from '../src/index.ts';
import { configOf, serviceLine } from './configs.ts';
import { ask } from './program.ts';

let directory: string;
let state: string;
let sink: LineSink;
let log: Logger;
let running: RunningFlowManager[] = [];

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'ballast-flow-manager-'));
  state = path.join(directory, 'state');
  sink = new LineSink();
  log = createLogger({ level: 'info', format: 'json', destination: sink });
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  running = [];
  await rm(directory, { recursive: true, force: true });
});

const SHOP = `services:\n${serviceLine('shop', '10.9.0.100', '101', '102')}`;

async function start(text = SHOP): Promise<RunningFlowManager> {
  const one = await startFlowManager(configOf(text, state), { log });
  running.push(one);
  return one;
}

async function stop(one: RunningFlowManager): Promise<void> {
  running = running.filter((other) => other !== one);
  await one.stop();
}

describe('what was said is there after a restart', () => {
  test('weights, tokens, draining, places, and services made by REST', async () => {
    const first = await start();
    const url = `${first.url}/v1`;
    const pay = { vip: { address: '10.9.0.200', port: 80 }, protocol: 'tcp', algorithm: 'source-ip', members: [] };
    const weights = { members: [{ guest: 101, weight: 0.25 }], fencing: '18446744073709551615' };
    const changes = [
      ask(`${url}/services/pay`, { method: 'PUT', body: pay }),
      ask(`${url}/services/shop/weights`, { method: 'PUT', body: weights }),
      ask(`${url}/services/shop/members/102/drain`, { method: 'POST' }),
      ask(`${url}/placements/10.9.0.11`, { method: 'PUT', body: { mac: '02:00:00:00:00:11' } }),
    ];
    expect((await Promise.all(changes)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const before = await view(first);
    await stop(first);
    const second = await start();
    expect(await view(second)).toEqual(before);
    const late = await ask(`${second.url}/v1/services/shop/weights`, {
      method: 'PUT',
      body: { ...weights, fencing: '7' },
    });
    expect(late).toMatchObject({ status: 409, body: { code: 'registry-stale-token' } });
  });

  test('a change is on disk when it is answered, one that changes no row, too', async () => {
    const { url, registry } = await start();
    const kept = async (): Promise<Record<'services' | 'places', readonly object[]>> =>
      JSON.parse(await readFile(path.join(state, 'flow-manager.json'), 'utf8')).state;
    await ask(`${url}/v1/services/shop/weights`, { method: 'PUT', body: { members: [{ guest: 101, weight: 0.5 }] } });
    expect((await kept()).services).toMatchObject([{ service: { members: [{ guest: 101, weight: 0.5 }, {}] } }]);
    const place = { address: '10.9.0.11', mac: '02:00:00:00:00:11' };
    registry.change((before) => putPlace(before, { type: 'seen', dpid: 1n, port: 2, ...place }));
    await ask(`${url}/v1/placements/10.9.0.11`, { method: 'PUT', body: { mac: place.mac } });
    expect((await kept()).places).toMatchObject([{ ...place, by: 'told' }]);
  });

  test('the role that was taken, until the file says another', async () => {
    const first = await start('role: master\ngeneration: 3\n');
    expect((await ask(`${first.url}/v1/role`)).body).toMatchObject({ role: 'master', generation: '3' });
    const slave = { role: 'slave', generation: '9' };
    await ask(`${first.url}/v1/role`, { method: 'PUT', body: slave });
    await first.reload(configOf('role: master\ngeneration: 3\n', state));
    expect(first.balancer.role).toBe('slave');
    await stop(first);
    const second = await start('role: master\ngeneration: 3\n');
    expect((await ask(`${second.url}/v1/role`)).body).toMatchObject(slave);
    await second.reload(configOf('role: master\ngeneration: 10\n', state));
    expect((await ask(`${second.url}/v1/role`)).body).toMatchObject({ role: 'master', generation: '10' });
  });

  async function view({ url }: RunningFlowManager): Promise<unknown> {
    const paths = ['services', 'services/shop/weights', 'placements'];
    return Promise.all(paths.map(async (one) => (await ask(`${url}/v1/${one}`)).body));
  }
});

describe('a state that cannot be read', () => {
  const file = (): string => path.join(state, 'flow-manager.json');
  const put = async (text: string): Promise<void> => {
    await mkdir(state);
    await writeFile(file(), text);
  };

  test('is moved aside, told of, and the start goes on', async () => {
    await put('{"schema":"ballast-flow-manager","version":1,"state":{"services":[');
    const one = await start();
    expect([...one.registry.state.services.keys()]).toEqual(['shop']);
    expect((await readdir(state)).sort()).toContain('flow-manager.json.damaged-1');
    expect(sink.lines.join('')).toContain(`The state in ${file()} cannot be read: it is no JSON, or was cut short.`);
    expect(sink.lines.join('')).toContain('Services that were made by REST, weights and fencing tokens are forgotten');
  });

  test('of a newer Ballast stops the start, and is left as it is', async () => {
    const text = '{"schema":"ballast-flow-manager","version":2,"state":{}}';
    await put(text);
    await expect(start()).rejects.toMatchObject({
      code: 'store-newer',
      message: `Expected the state in ${file()} to have schema version 1 or less, got 2.`,
    });
    expect(await readFile(file(), 'utf8')).toBe(text);
  });
});

test('a disk that fails stops nothing: the log, /healthz and a metric tell, and it is tried again', async () => {
  const one = await start();
  const put = (weight: number): Promise<{ readonly status: number }> =>
    ask(`${one.url}/v1/services/shop/weights`, { method: 'PUT', body: { members: [{ guest: 101, weight }] } });
  const saved = async (): Promise<string | undefined> =>
    /^ballast_flow_manager_state_saved (\d)$/m.exec((await ask(`${one.url}/metrics`)).text)?.[1];
  await put(0.9);
  expect(await saved()).toBe('1');

  await rm(state, { recursive: true });
  await writeFile(state, 'in the way');
  expect((await put(0.5)).status).toBe(200);
  expect(await ask(`${one.url}/healthz`)).toMatchObject({
    status: 503,
    body: { message: expect.stringContaining('the state cannot be saved: Could not save the state to') },
  });
  expect(await saved()).toBe('0');
  expect(sink.lines.join('').match(/the state cannot be saved; traffic goes on/g)).toHaveLength(1);
  expect(one.registry.state.services.get('shop')?.service.members[0]?.weight).toBe(0.5);

  await rm(state);
  await put(0.4);
  await vi.waitFor(async () => expect((await ask(`${one.url}/healthz`)).text).toBe('ok\n'));
  expect(await saved()).toBe('1');
});

describe('a port that another program holds', () => {
  let holder: Server | undefined;
  afterEach(() => void holder?.close());

  test('is named, and what was begun is ended', async () => {
    const port = await new Promise<number>((resolve) => {
      holder = createServer().listen(0, '127.0.0.1', function (this: Server) {
        resolve((this.address() as AddressInfo).port);
      });
    });
    await expect(start(`rest: { port: ${port} }\n`)).rejects.toMatchObject({
      code: 'listen-failed',
      message: `Expected to serve the REST API at 127.0.0.1:${port}, got EADDRINUSE.`,
      hint: 'Choose a free port in `rest`, or stop the program that holds it.',
    });
    const first = await start();
    await expect(start(`listen: { port: ${first.switches.port} }\n`)).rejects.toMatchObject({ code: 'channel-listen' });
  });
});

test('a reload that cannot be changes nothing', async () => {
  const one = await start();
  const spec = { vip: { address: '10.9.0.200', port: 80 }, protocol: 'tcp', algorithm: 'weighted', members: [] };
  await ask(`${one.url}/v1/services/pay`, { method: 'PUT', body: spec });
  const before = one.registry.state;
  const clash = configOf(
    `services:\n${serviceLine('shop', '10.9.0.100', '103')}${serviceLine('new', '10.9.0.200')}`,
    state,
  );
  await expect(one.reload(clash)).rejects.toMatchObject({ code: 'config-conflict' });
  expect(one.registry.state).toBe(before);
  await one.reload(configOf('', state));
  expect([...one.registry.state.services.keys()]).toEqual(['pay']);
});
