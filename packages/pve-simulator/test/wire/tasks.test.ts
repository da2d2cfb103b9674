import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeGuest, demoWorld, type Simulator, type SimulatorToken, startSimulator } from '../../src/index.ts';
import { type CallOptions, call, data } from '../support/client.ts';

const OWNER: SimulatorToken = {
  id: 'ballast@pve!operator',
  secret: '6a1c9e0e-2f43-4a5d-9d53-0f6b1c7e8a21',
  role: ['VM.Audit', 'VM.Migrate'],
};
const OTHER: SimulatorToken = { id: 'carol@pve!x', secret: '11111111-2222-4333-8444-555555555555', role: ['VM.Audit'] };
const AUDITOR: SimulatorToken = {
  id: 'dave@pve!x',
  secret: '11111111-2222-4333-8444-666666666666',
  role: 'PVEAuditor',
};

function as({ id, secret }: SimulatorToken): CallOptions {
  return { headers: { authorization: `PVEAPIToken=${id}=${secret}` } };
}

type Rows = Record<string, unknown>[];

let simulator: Simulator;
beforeEach(async () => {
  const world = changeGuest(demoWorld(1), 101, (guest) => ({ ...guest, memory: 40 * guest.memory }));
  simulator = await startSimulator({ strict: true, world, speed: 0, tokens: [OWNER, OTHER, AUDITOR] });
});
afterEach(() => simulator.stop());

async function migrate(id = 101, target = 'pve2'): Promise<string> {
  const answer = await call(simulator, 'POST', `/nodes/pve1/qemu/${id}/migrate`, { form: { target, online: 1 } });
  expect(answer.status).toBe(200);
  return (JSON.parse(answer.body) as { data: string }).data;
}

function taskPath(upid: string, rest = ''): string {
  return `/nodes/pve1/tasks/${encodeURIComponent(upid)}${rest}`;
}

describe('tasks', () => {
  it('are named by a UPID and followed to their end', async () => {
    const upid = await migrate();
    expect(upid).toMatch(/^UPID:pve1:[0-9A-F]{8}:[0-9A-F]{8,9}:[0-9A-F]{8}:qmigrate:101:ballast@pve!operator:$/);
    const running = await data(simulator, taskPath(upid, '/status'));
    expect(running).toMatchObject({
      upid,
      node: 'pve1',
      type: 'qmigrate',
      id: '101',
      user: 'ballast@pve',
      tokenid: 'operator',
      status: 'running',
    });
    expect(running['exitstatus']).toBeUndefined();
    expect(Number.parseInt(upid.split(':')[4] ?? '', 16)).toBe(running['starttime']);
    simulator.advance(300_000);
    expect(await data(simulator, taskPath(upid, '/status'))).toMatchObject({ status: 'stopped', exitstatus: 'OK' });
    const rows = await data<Rows>(simulator, '/cluster/resources?type=vm');
    expect(rows.find((row) => row['vmid'] === 101)).toMatchObject({ node: 'pve2' });
  });

  it('lock the guest while they run', async () => {
    await migrate();
    const rows = await data<Rows>(simulator, '/cluster/resources?type=vm');
    expect(rows.find((row) => row['vmid'] === 101)).toMatchObject({ lock: 'migrate', node: 'pve1' });
    const again = await call(simulator, 'POST', '/nodes/pve1/qemu/101/migrate', {
      form: { target: 'pve3', online: 1 },
    });
    expect(again).toMatchObject({ status: 500, reason: 'VM is locked (migrate)' });
  });

  it('log in pages, with the size of the whole', async () => {
    const upid = await migrate();
    simulator.advance(300_000);
    const page = async (query: string): Promise<{ data: { n: number; t: string }[]; total: number }> =>
      JSON.parse((await call(simulator, 'GET', taskPath(upid, `/log${query}`))).body) as never;
    const first = await page('');
    expect(first.data).toHaveLength(50);
    expect(first.total).toBeGreaterThan(50);
    const all = await page('?limit=0');
    expect(all.data).toHaveLength(first.total);
    expect(all.data.map((row) => row.n)).toEqual(all.data.map((_, i) => i + 1));
    expect(all.data.at(-1)?.t).toBe('TASK OK');
    expect((await page('?start=10&limit=5')).data).toEqual(all.data.slice(10, 15));
    expect((await page('?start=100000')).data).toEqual([]);
  });

  it('can be stopped', async () => {
    const upid = await migrate();
    simulator.advance(5000);
    expect(await call(simulator, 'DELETE', taskPath(upid))).toMatchObject({ status: 200, body: '{"data":null}' });
    expect(await data(simulator, taskPath(upid, '/status'))).toMatchObject({
      status: 'stopped',
      exitstatus: 'migration problems',
    });
    simulator.advance(300_000);
    const rows = await data<Rows>(simulator, '/cluster/resources?type=vm');
    const row = rows.find((entry) => entry['vmid'] === 101);
    expect(row).toMatchObject({ node: 'pve1' });
    expect(row?.['lock']).toBeUndefined();
  });

  it('are listed: running ones without an end for the cluster, as RUNNING for the node', async () => {
    const done = await migrate(102);
    simulator.advance(300_000);
    const running = await migrate(103);
    const cluster = await data<Rows>(simulator, '/cluster/tasks');
    expect(cluster.map((row) => row['upid'])).toEqual([running, done]);
    expect(cluster[0]).not.toHaveProperty('status');
    expect(cluster[0]).not.toHaveProperty('endtime');
    expect(cluster[1]).toMatchObject({ status: 'OK', saved: '1', endtime: expect.stringMatching(/^\d+$/) as string });
    const list = async (query: string): Promise<unknown[]> =>
      (await data<Rows>(simulator, `/nodes/pve1/tasks${query}`)).map((row) => [row['upid'], row['status']]);
    expect(await list('')).toEqual([[done, 'OK']]);
    expect(await list('?source=active')).toEqual([[running, 'RUNNING']]);
    expect(await list('?source=all&vmid=102')).toEqual([[done, 'OK']]);
    expect(await list('?source=all&typefilter=vzmigrate')).toEqual([]);
    expect(await list('?source=all&limit=1')).toEqual([[running, 'RUNNING']]);
  });

  it('belong to their owner: others need to audit the node to see them and to modify it to stop them', async () => {
    const upid = await migrate();
    expect(await call(simulator, 'GET', taskPath(upid, '/status'), as(OTHER))).toMatchObject({
      status: 403,
      reason: 'Permission check failed (/nodes/pve1, Sys.Audit)',
    });
    expect(await data(simulator, '/cluster/tasks', as(OTHER))).toEqual([]);
    expect(await data(simulator, taskPath(upid, '/status'), as(AUDITOR))).toMatchObject({ status: 'running' });
    expect(await data<Rows>(simulator, '/cluster/tasks', as(AUDITOR))).toHaveLength(1);
    expect(await call(simulator, 'DELETE', taskPath(upid), as(AUDITOR))).toMatchObject({
      status: 403,
      reason: 'Permission check failed (/nodes/pve1, Sys.Modify)',
    });
  });
});

describe('a guest under HA', () => {
  it('answers with a task that only files the request; the migration comes with a round of the manager', async () => {
    const ha = { state: 'started', crm: 'started', maxRestart: 1, maxRelocate: 1, failback: true } as const;
    simulator.update((world) => changeGuest(world, 103, (guest) => ({ ...guest, ha })));
    const upid = await migrate(103);
    expect(upid).toContain(':hamigrate:103:');
    simulator.advance(2000);
    expect(await data(simulator, taskPath(upid, '/status'))).toMatchObject({ status: 'stopped', exitstatus: 'OK' });
    expect(await data<Rows>(simulator, '/cluster/tasks', as(AUDITOR))).toHaveLength(1);
    simulator.advance(10_000);
    const [child] = await data<Rows>(simulator, '/cluster/tasks', as(AUDITOR));
    expect(child).toMatchObject({ type: 'qmigrate', id: '103', user: 'root@pam', node: 'pve1' });
    simulator.advance(60_000);
    const rows = await data<Rows>(simulator, '/cluster/resources?type=vm');
    expect(rows.find((row) => row['vmid'] === 103)).toMatchObject({ node: 'pve2', hastate: 'started' });
  });
});
