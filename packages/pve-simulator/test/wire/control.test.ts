import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Control, demoWorld, type Simulator, startControl, startSimulator } from '../../src/index.ts';
import { call, data } from '../support/client.ts';

let simulator: Simulator;
let control: Control;
beforeEach(async () => {
  simulator = await startSimulator({ world: demoWorld(1), speed: 0, strict: true, entryPoints: 2, proxyTimeout: 5 });
  control = await startControl(simulator);
});
afterEach(async () => {
  await control.stop();
  await simulator.stop();
});

interface Told {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function ask(method: string, path: string, body?: unknown): Promise<Told> {
  const sent = await fetch(`${control.url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await sent.text();
  return { status: sent.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

describe('the control port', () => {
  it('tells how things stand', async () => {
    expect(await ask('GET', '/')).toMatchObject({
      status: 200,
      body: { version: '9.2.11', nodes: 3, guests: 12, faults: [] },
    });
  });

  it('sets faults, lists and heals them', async () => {
    expect(await ask('POST', '/faults', { kind: 'quorum-lost' })).toEqual({
      status: 201,
      body: { id: 1, kind: 'quorum-lost' },
    });
    expect(await ask('POST', '/faults', { kind: 'node-down', node: 'pve3' })).toMatchObject({
      status: 201,
      body: { id: 2 },
    });
    expect((await ask('GET', '/faults')).body).toHaveLength(2);
    expect(simulator.world.quorate).toBe(false);
    expect((await ask('DELETE', '/faults/1')).status).toBe(204);
    expect([simulator.world.quorate, simulator.world.nodes[2]?.online]).toEqual([true, false]);
    expect((await ask('DELETE', '/faults')).status).toBe(204);
    expect(simulator.world.nodes[2]?.online).toBe(true);
    expect((await ask('DELETE', '/faults/7')).status).toBe(404);
  });

  it('lets time pass, and locks a guest for a backup', async () => {
    const { now } = simulator.world;
    expect(await ask('POST', '/advance', { milliseconds: 5000 })).toEqual({ status: 200, body: { now: now + 5000 } });
    const { body } = await ask('POST', '/backup', { guest: 101, milliseconds: 60_000 });
    expect(String(body['upid'])).toContain(':vzdump:101:root@pam:');
    expect(await call(simulator, 'GET', '/nodes/pve1/qemu/101/migrate')).toMatchObject({
      reason: 'VM is locked (backup)',
    });
    await ask('POST', '/advance', { milliseconds: 60_000 });
    expect((await call(simulator, 'GET', '/nodes/pve1/qemu/101/migrate')).status).toBe(200);
    expect((await ask('GET', '/requests')).body).toMatchObject({ count: 2 });
  });

  it.each<{ name: string; method?: string; path?: string; body?: unknown; status: number; told: object }>([
    {
      name: 'an unknown fault',
      body: { kind: 'flood' },
      status: 400,
      told: { errors: { kind: expect.stringContaining("value 'flood'") } },
    },
    { name: 'no fault', body: {}, status: 400, told: { errors: { kind: expect.stringContaining('node-down') } } },
    {
      name: 'a fault without its node',
      body: { kind: 'node-down' },
      status: 400,
      told: { errors: { node: 'property is missing and it is not optional' } },
    },
    {
      name: 'a node that is not there',
      body: { kind: 'node-down', node: 'pve9' },
      status: 400,
      told: { error: expect.stringContaining('Expected a node of the simulated cluster, got pve9.') },
    },
    {
      name: 'a key too many',
      body: { kind: 'quorum-lost', node: 'pve1' },
      status: 400,
      told: { errors: { node: expect.stringContaining('not defined') } },
    },
    { name: 'what is no object', body: [1], status: 400, told: { error: 'Expected a JSON object as the body.' } },
    {
      name: 'an unknown path',
      path: '/faluts',
      status: 404,
      told: { error: expect.stringContaining('got POST /faluts.') },
    },
    {
      name: 'a guest that is not there',
      path: '/backup',
      body: { guest: 999, milliseconds: 1 },
      status: 400,
      told: { errors: { guest: 'no guest 999' } },
    },
  ])('refuses $name', async ({ method = 'POST', path = '/faults', body, status, told }) => {
    const answer = await ask(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject(told);
  });
});

describe('faults', () => {
  it('of a node that hangs: 596 through another, and silence from itself', async () => {
    const heal = simulator.fail({ kind: 'node-hangs', node: 'pve2' });
    expect(await call(simulator, 'GET', '/nodes/pve2/status')).toMatchObject({
      status: 596,
      reason: 'Connection timed out',
      body: '',
    });
    let answered = false;
    const asked = call(simulator, 'GET', '/version', { entry: 1 }).then(
      () => (answered = true),
      () => undefined,
    );
    expect((await call(simulator, 'GET', '/nodes/pve1/status')).status).toBe(200);
    expect(answered).toBe(false);
    heal();
    expect((await call(simulator, 'GET', '/nodes/pve2/status')).status).toBe(200);
    await simulator.stop();
    await asked;
    expect(answered).toBe(false);
  });

  it('of a clock: the time of a node, of its answers and of its tasks', async () => {
    simulator.fail({ kind: 'clock-skew', node: 'pve1', skew: 90_000 });
    const now = Math.floor(simulator.world.now / 1000);
    expect((await data<{ time: number }>(simulator, '/nodes/pve1/time')).time).toBe(now + 90);
    expect((await data<{ time: number }>(simulator, '/nodes/pve2/time')).time).toBe(now);
    const dates = await Promise.all([0, 1].map((entry) => call(simulator, 'GET', '/version', { entry })));
    const [first = 0, second = 0] = dates.map(({ headers }) => Date.parse(String(headers['date'])) / 1000);
    expect(first - second).toBe(90);
    await call(simulator, 'POST', '/nodes/pve1/qemu/101/migrate', { form: { target: 'pve2', online: 1 } });
    const [task] = await data<{ starttime: number }[]>(simulator, '/cluster/tasks');
    expect(task?.starttime).toBe(now + 90);
  });

  it.each([
    { manner: 'stall', phase: 'prepare', after: { status: 'running' } },
    { manner: 'stall', phase: 'copy', after: { status: 'running' } },
    { manner: 'warn', phase: 'prepare', after: { status: 'stopped', exitstatus: 'WARNINGS: 1' } },
    { manner: 'warn', phase: 'copy', after: { status: 'stopped', exitstatus: 'WARNINGS: 1' } },
    { manner: 'fail', phase: 'copy', after: { status: 'stopped', exitstatus: 'migration problems' } },
  ] as const)('of a migration: $manner in $phase', async ({ manner, phase, after }) => {
    simulator.fail({ kind: 'migration-fails', manner, phase, reason: 'a worn cable' });
    await call(simulator, 'POST', '/nodes/pve1/qemu/101/migrate', { form: { target: 'pve2', online: 1 } });
    simulator.advance(600_000);
    const upid = encodeURIComponent(simulator.world.tasks.at(-1)?.upid ?? '');
    expect(await data(simulator, `/nodes/pve1/tasks/${upid}/status`)).toMatchObject(after);
    // Whatever it was, it can be ended, and the guest is free then.
    await call(simulator, 'DELETE', `/nodes/pve1/tasks/${upid}`);
    expect(simulator.world.guests[0]?.lock).toBeUndefined();
  });
});
