import { request } from 'node:https';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoWorld, type Simulator, startSimulator, step } from '../../src/index.ts';
import { BY_TOKEN, call, data } from '../support/client.ts';

type Rows = Record<string, unknown>[];

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ strict: true, world: demoWorld(1), speed: 0, entryPoints: 2 });
});
afterEach(() => simulator.stop());

/** How a broken connection reads, before and in the handshake. */
const BROKEN = /socket hang up|ECONNRESET|socket disconnected/;
const migrate = { form: { target: 'pve2', online: 1 } };
const MIGRATE = '/nodes/pve1/qemu/101/migrate';

describe('faults of requests', () => {
  it('strike as often as they are told to, and only what they are meant for', async () => {
    simulator.fail({
      kind: 'status',
      status: 500,
      reason: 'no space left',
      times: 2,
      method: 'POST',
      path: '/migrate',
    });
    expect((await call(simulator, 'GET', MIGRATE)).status).toBe(200);
    for (let i = 0; i < 2; i++) {
      expect(await call(simulator, 'POST', MIGRATE, migrate)).toMatchObject({ status: 500, reason: 'no space left' });
    }
    expect((await call(simulator, 'POST', MIGRATE, migrate)).status).toBe(200);
  });

  it('can be taken back', async () => {
    const heal = simulator.fail({ kind: 'status', status: 500, reason: 'x', times: 100 });
    expect((await call(simulator, 'GET', '/version')).status).toBe(500);
    heal();
    expect((await call(simulator, 'GET', '/version')).status).toBe(200);
  });

  it('595 comes without a body', async () => {
    simulator.fail({ kind: 'status', status: 595, reason: 'Connection refused' });
    const answer = await call(simulator, 'GET', '/version');
    expect(answer).toMatchObject({ status: 595, reason: 'Connection refused', body: '' });
    expect(answer.headers['content-type']).toBeUndefined();
  });

  it('garbage is no JSON', async () => {
    simulator.fail({ kind: 'garbage' });
    const answer = await call(simulator, 'GET', '/cluster/resources');
    expect(answer.status).toBe(200);
    expect(() => JSON.parse(answer.body)).toThrow(SyntaxError);
  });

  it('a cut answer ends before its length', async () => {
    simulator.fail({ kind: 'cut' });
    await expect(call(simulator, 'GET', '/cluster/resources')).rejects.toThrow('aborted');
  });

  it('a reset request is not carried out, a lost answer is', async () => {
    simulator.fail({ kind: 'reset', method: 'POST' });
    await expect(call(simulator, 'POST', MIGRATE, migrate)).rejects.toThrow(BROKEN);
    expect(simulator.world.migrations).toHaveLength(0);
    simulator.fail({ kind: 'lost-answer', method: 'POST' });
    await expect(call(simulator, 'POST', MIGRATE, migrate)).rejects.toThrow(BROKEN);
    expect(simulator.world.migrations).toHaveLength(1);
  });

  it('a hanging request is never answered, and does not keep the simulator from stopping', async () => {
    simulator.fail({ kind: 'hang' });
    let answered = false;
    const hanging = call(simulator, 'GET', '/version').then(
      () => {
        answered = true;
      },
      () => undefined,
    );
    while (simulator.requests === 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await call(simulator, 'GET', '/version')).status).toBe(200);
    expect(answered).toBe(false);
    await simulator.stop();
    await hanging;
    expect(answered).toBe(false);
  });

  it('a slow answer comes late', async () => {
    simulator.fail({ kind: 'slow', delay: 150 });
    const start = performance.now();
    expect((await call(simulator, 'GET', '/version')).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThanOrEqual(149);
  });
});

describe('faults of the cluster', () => {
  it('a node that is down is offline at once; its guests go unknown after five minutes, and come back', async () => {
    const heal = simulator.fail({ kind: 'node-down', node: 'pve3' });
    const rows = await data<Rows>(simulator, '/cluster/resources');
    expect(rows.find((row) => row['id'] === 'node/pve3')).toMatchObject({ status: 'offline', maxcpu: 16 });
    expect(rows.find((row) => row['id'] === 'node/pve3')).not.toHaveProperty('cpu');
    expect(rows.find((row) => row['vmid'] === 109)).toMatchObject({ status: 'running', name: 'orders-05' });
    const status = await data<Rows>(simulator, '/cluster/status');
    expect(status.find((row) => row['name'] === 'pve3')).toMatchObject({ online: 0 });
    const proxied = await call(simulator, 'GET', '/nodes/pve3/status');
    expect(proxied).toMatchObject({ status: 595, reason: 'No route to host', body: '' });
    simulator.advance(310_000);
    const later = await data<Rows>(simulator, '/cluster/resources');
    expect(later.find((row) => row['id'] === 'node/pve3')).not.toHaveProperty('maxcpu');
    const guest = later.find((row) => row['vmid'] === 109);
    expect(guest).toMatchObject({ status: 'unknown', node: 'pve3' });
    expect(guest).not.toHaveProperty('name');
    heal();
    simulator.advance(20_000);
    const back = await data<Rows>(simulator, '/cluster/resources');
    expect(back.find((row) => row['id'] === 'node/pve3')).toMatchObject({ status: 'online' });
    expect(back.find((row) => row['vmid'] === 109)).toMatchObject({ status: 'running', uptime: 20 });
  });

  it('an entry point whose node is down takes no requests; the others say so', async () => {
    simulator.fail({ kind: 'node-down', node: 'pve1' });
    await expect(call(simulator, 'GET', '/version')).rejects.toThrow(BROKEN);
    const status = await data<Rows>(simulator, '/cluster/status', { entry: 1 });
    expect(status.find((row) => row['name'] === 'pve1')).toMatchObject({ online: 0, local: 0 });
    expect(status.find((row) => row['name'] === 'pve2')).toMatchObject({ online: 1, local: 1 });
  });

  it('an entry point may be down by itself', async () => {
    const heal = simulator.fail({ kind: 'entry-down', entry: 0 });
    await expect(call(simulator, 'GET', '/version')).rejects.toThrow(BROKEN);
    expect((await call(simulator, 'GET', '/version', { entry: 1 })).status).toBe(200);
    heal();
    expect((await call(simulator, 'GET', '/version')).status).toBe(200);
  });

  it('stale figures stay as they are, and the node is unknown once they expire', async () => {
    const read = async (): Promise<Record<string, unknown> | undefined> =>
      (await data<Rows>(simulator, '/cluster/resources')).find((row) => row['id'] === 'node/pve1');
    const heal = simulator.fail({ kind: 'stats-stale', node: 'pve1' });
    const before = await read();
    simulator.advance(120_000);
    expect(await read()).toEqual(before);
    simulator.advance(200_000);
    expect(await read()).toMatchObject({ status: 'unknown' });
    heal();
    simulator.advance(20_000);
    expect(await read()).toMatchObject({ status: 'online' });
    expect((await read())?.['uptime']).toBeGreaterThan(Number(before?.['uptime']));
  });

  it('that would strike nothing are refused', () => {
    expect(() => simulator.fail({ kind: 'node-down', node: 'pve7' })).toThrow(
      'Expected a node of the simulated cluster, got pve7.',
    );
    expect(() => simulator.fail({ kind: 'entry-down', entry: 2 })).toThrow('Expected an entry point, got 2.');
  });

  it('migrations fail where they are told to', async () => {
    simulator.fail({ kind: 'migration-fails', guest: 101, phase: 'prepare', reason: 'no space left' });
    const answer = await call(simulator, 'POST', MIGRATE, migrate);
    simulator.advance(30_000);
    const upid = (JSON.parse(answer.body) as { data: string }).data;
    expect(await data(simulator, `/nodes/pve1/tasks/${encodeURIComponent(upid)}/status`)).toMatchObject({
      exitstatus: 'migration aborted',
    });
    const heal = simulator.fail({ kind: 'migration-fails', times: 5 });
    heal();
    const second = (JSON.parse((await call(simulator, 'POST', MIGRATE, migrate)).body) as { data: string }).data;
    simulator.advance(30_000);
    expect(await data(simulator, `/nodes/pve1/tasks/${encodeURIComponent(second)}/status`)).toMatchObject({
      exitstatus: 'OK',
    });
  });
});

describe('the server', () => {
  it('shows figures that step with the broadcast, not in between', async () => {
    const cpu = async (): Promise<unknown> => (await data<Rows>(simulator, '/cluster/resources?type=node'))[0]?.['cpu'];
    const before = await cpu();
    simulator.advance(9000);
    expect(await cpu()).toBe(before);
    simulator.advance(1000);
    expect(await cpu()).not.toBe(before);
  });

  it('keeps time with the real one at a speed', async () => {
    const fast = await startSimulator({ strict: true, world: demoWorld(1), speed: 1000 });
    const start = { world: fast.world.now, real: performance.now() };
    while (fast.world.now < start.world + 60_000) await new Promise((resolve) => setImmediate(resolve));
    const real = performance.now() - start.real;
    expect(real).toBeGreaterThan(45);
    const passed = fast.world.now - start.world;
    expect(passed).toBeLessThan((performance.now() - start.real + 20) * 1000);
    await fast.stop();
    const stopped = fast.world.now;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(fast.world.now).toBe(stopped);
  });

  it('is changed from outside, and the change lasts', () => {
    const before = simulator.world;
    simulator.update((world) => step({ ...world, cluster: 'renamed' }, 5000));
    expect(simulator.world).toMatchObject({ cluster: 'renamed', now: before.now + 5000 });
  });

  it('is trusted by its authority alone, for the host and the nodes by name', async () => {
    const refused = new Promise((_, reject) => {
      request(`${simulator.urls[0]}/api2/json/version`, { headers: BY_TOKEN }).on('error', reject).end();
    });
    await expect(refused).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    const [port] = simulator.ports;
    for (const servername of ['localhost', 'pve1', 'pve2']) {
      const status = await new Promise((resolve, reject) => {
        const options = {
          host: '127.0.0.1',
          port,
          path: '/api2/json/version',
          headers: BY_TOKEN,
          ca: simulator.ca,
          servername,
          agent: false,
        } as const;
        request(options, (response) => resolve(response.resume().statusCode))
          .on('error', reject)
          .end();
      });
      expect(status).toBe(200);
    }
  });

  it('refuses options that do not fit', async () => {
    const world = demoWorld(1);
    await expect(startSimulator({ strict: true, world, entryPoints: 4 })).rejects.toMatchObject({
      code: 'simulator-options',
      message: 'Expected 1 to 3 entry points, got 4.',
    });
    await expect(startSimulator({ strict: true, world, speed: -1 })).rejects.toMatchObject({
      message: 'Expected a speed of 0 or more, got -1.',
    });
    const port = simulator.ports[0] ?? 0;
    await expect(startSimulator({ strict: true, world, port })).rejects.toMatchObject({ code: 'simulator-listen' });
  });
});
