import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  DEFAULT_USER,
  demoWorld,
  type Grant,
  type Simulator,
  type SimulatorTls,
  type SimulatorToken,
  startSimulator,
  type World,
} from '../../src/index.ts';
import { makeCertificate } from '../../src/server/certificate.ts';
import { call } from '../support/client.ts';
import { type Rig, startRig } from '../support/rig.ts';

describe('Proxmox VE 8', () => {
  const GROUP = { group: 'right', nodes: { pve3: 0 }, restricted: true, nofailback: false };
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ ...demoWorld(1), version: '8.4.14', groups: [GROUP] });
  });
  afterAll(() => rig.simulator.stop());

  it('says so', async () => {
    expect(await rig.data('GET', '/version')).toMatchObject({ version: '8.4.14', release: '8.4' });
  });

  it.each(['/cluster/ha/rules', '/nodes/pve1/lxc/102/migrate'])('has no GET %s yet', async (path) => {
    expect(await rig.ask('GET', path)).toMatchObject({ status: 501, reason: `Method 'GET ${path}' not implemented` });
  });

  it('has groups', async () => {
    expect(await rig.data('GET', '/cluster/ha/groups')).toEqual([
      expect.objectContaining({ group: 'right', nodes: 'pve3', restricted: 1 }),
    ]);
    await rig.data('PUT', '/cluster/ha/groups/right', { nodes: 'pve2:2,pve3', restricted: 0 });
    await rig.data('POST', '/cluster/ha/resources', { sid: 'vm:101', group: 'right' });
    expect(await rig.data('GET', '/cluster/ha/resources/vm:101')).toMatchObject({ group: 'right' });
    expect(await rig.ask('DELETE', '/cluster/ha/groups/right')).toMatchObject({ status: 500 });
  });

  it('knows no parameter that came later', async () => {
    const form = { target: 'pve2', online: 1, 'with-conntrack-state': 1 };
    const answer = await rig.ask('POST', '/nodes/pve1/qemu/102/migrate', form);
    expect(answer.status).toBe(400);
    expect(Object.keys((JSON.parse(answer.body) as { errors: object }).errors)).toEqual(['with-conntrack-state']);
  });

  it.each([
    '/nodes/pve1/rrddata?timeframe=hour',
    '/nodes/pve1/qemu/102/rrddata?timeframe=hour',
    '/nodes/pve1/qemu/102/status/current',
    '/cluster/resources',
  ])('tells no pressure and no host memory in %s', async (path) => {
    const { body } = await rig.ask('GET', path);
    expect(body).not.toMatch(/pressure|memhost|host-arch/);
  });
});

describe('one right for the guest agent', () => {
  const TOKEN: SimulatorToken = { id: 'a@pve!t', secret: '11111111-2222-4333-8444-cccccccccccc', role: ['VM.Monitor'] };
  const PATH = '/nodes/pve1/qemu/101/agent/network-get-interfaces';
  let simulator: Simulator;
  afterEach(() => simulator.stop());

  it.each([
    ['8.4.14', 200, 'OK'],
    ['9.2.11', 403, 'Permission check failed (/vms/101, VM.GuestAgent.Audit|VM.GuestAgent.Unrestricted)'],
  ])('is enough in %s: %i', async (version, status, reason) => {
    simulator = await startSimulator({ world: { ...demoWorld(1), version }, speed: 0, strict: true, tokens: [TOKEN] });
    const headers = { authorization: `PVEAPIToken=${TOKEN.id}=${TOKEN.secret}` };
    expect(await call(simulator, 'GET', PATH, { headers })).toMatchObject({ status, reason });
  });
});

describe('a token', () => {
  const USER = { name: 'eve@pve', password: 'x', role: ['VM.Audit', 'Sys.Audit'] } as const;
  const SECRET = '11111111-2222-4333-8444-dddddddddddd';
  const MIGRATOR = ['VM.Audit', 'VM.Migrate'] as const;
  let simulator: Simulator;
  afterEach(() => simulator.stop());

  it.each<{ name: string; token: Partial<SimulatorToken>; held: readonly string[] }>([
    { name: 'with rights of its own has those', token: { role: MIGRATOR }, held: ['VM.Audit', 'VM.Migrate'] },
    {
      name: 'with separate rights has what is granted to both',
      token: { role: MIGRATOR, privsep: true },
      held: ['VM.Audit'],
    },
    {
      name: 'without has what its user has',
      token: { role: MIGRATOR, privsep: false },
      held: ['Sys.Audit', 'VM.Audit'],
    },
  ])('$name', async ({ token, held }) => {
    const tokens = [{ id: 'eve@pve!two', secret: SECRET, ...token }];
    simulator = await startSimulator({
      world: demoWorld(1),
      speed: 0,
      strict: true,
      tokens,
      users: [USER, DEFAULT_USER],
    });
    const headers = { authorization: `PVEAPIToken=eve@pve!two=${SECRET}` };
    const { body } = await call(simulator, 'GET', '/access/permissions?path=/vms/101', { headers });
    const { data } = JSON.parse(body) as { data: Record<string, Record<string, number>> };
    expect(Object.keys(data['/vms/101'] ?? {}).sort()).toEqual(held);
    expect((await call(simulator, 'GET', '/access/users/eve@pve/token', { headers })).status).toBe(200);
    expect((await call(simulator, 'GET', '/access/users/root@pam/token', { headers })).status).toBe(403);
  });

  it('of root is not root', async () => {
    const tokens = [{ id: 'root@pam!t', secret: SECRET, privsep: false }];
    simulator = await startSimulator({ world: demoWorld(1), speed: 0, strict: true, tokens });
    const headers = { authorization: `PVEAPIToken=root@pam!t=${SECRET}` };
    const path = '/nodes/pve1/qemu/101/migrate';
    expect((await call(simulator, 'GET', path, { headers })).status).toBe(200);
    const form = { target: 'pve2', online: 1, migration_type: 'insecure' };
    expect((await call(simulator, 'POST', path, { headers, form })).status).toBe(400);
  });
});

describe('rights on a path', () => {
  const SECRET = '11111111-2222-4333-8444-eeeeeeeeeeee';
  const held = async (grants: readonly Grant[], path: string, world: World = demoWorld(1)): Promise<unknown> => {
    const tokens = [{ id: 'a@pve!t', secret: SECRET, role: [], grants }];
    const simulator = await startSimulator({ world, speed: 0, strict: true, tokens, tls });
    const headers = { authorization: `PVEAPIToken=a@pve!t=${SECRET}` };
    const query = path === '' ? '' : `?path=${path}`;
    const { body } = await call(simulator, 'GET', `/access/permissions${query}`, { headers });
    await simulator.stop();
    return (JSON.parse(body) as { data: unknown }).data;
  };
  const AUDIT: Grant = { path: '/', role: ['VM.Audit'] };
  let tls: SimulatorTls;
  beforeAll(async () => {
    tls = await makeCertificate(['127.0.0.1']);
  });

  // Guest 101 is in the pool `shop`, guest 900 is in none.
  it.each<{ name: string; grants: readonly Grant[]; path: string; data: object }>([
    { name: 'go on below', grants: [AUDIT], path: '/vms/900', data: { '/vms/900': { 'VM.Audit': 1 } } },
    {
      name: 'do not go on when they are told not to',
      grants: [{ ...AUDIT, path: '/vms', propagate: false }],
      path: '/vms/900',
      data: {},
    },
    {
      name: 'say where they hold for the path alone',
      grants: [{ ...AUDIT, path: '/vms', propagate: false }],
      path: '/vms',
      data: { '/vms': { 'VM.Audit': 0 } },
    },
    {
      name: 'are replaced by those of a deeper path',
      grants: [AUDIT, { path: '/vms/900', role: ['VM.Migrate'] }],
      path: '/vms/900',
      data: { '/vms/900': { 'VM.Migrate': 1 } },
    },
    {
      name: 'of several roles on one path add up',
      grants: [AUDIT, { path: '/', role: ['VM.Migrate'] }],
      path: '/vms',
      data: { '/vms': { 'VM.Audit': 1, 'VM.Migrate': 1 } },
    },
    {
      name: 'come from the pool of a guest, too',
      grants: [{ path: '/pool/shop', role: ['VM.Audit'] }],
      path: '/vms/101',
      data: { '/vms/101': { 'VM.Audit': 0 } },
    },
    {
      name: 'come from no pool against NoAccess',
      grants: [
        { path: '/pool/shop', role: ['VM.Audit'] },
        { path: '/vms/101', role: 'NoAccess' },
      ],
      path: '/vms/101',
      data: {},
    },
  ])('$name', async ({ grants, path, data }) => {
    expect(await held(grants, path)).toEqual(data);
  });

  it('are listed for guests of pools and for what was granted, not where there are none', async () => {
    const grants: readonly Grant[] = [{ path: '/pool/shop', role: ['VM.Audit'] }];
    const world = { ...demoWorld(1), guests: demoWorld(1).guests.slice(0, 2) };
    expect(Object.keys((await held(grants, '', world)) as object)).toEqual(['/pool/shop', '/vms/101', '/vms/102']);
  });
});
