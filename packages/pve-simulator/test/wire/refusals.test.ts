import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  changeGuest,
  demoWorld,
  type Simulator,
  type SimulatorToken,
  startSimulator,
  type World,
  withLock,
} from '../../src/index.ts';
import { BY_TOKEN, type CallOptions, call } from '../support/client.ts';

const READER: SimulatorToken = {
  id: 'ballast@pve!reader',
  secret: '11111111-2222-4333-8444-555555555555',
  role: 'PVEAuditor',
};
const NOBODY: SimulatorToken = {
  id: 'ballast@pve!nobody',
  secret: '11111111-2222-4333-8444-666666666666',
  role: 'NoAccess',
};
const PARTLY: SimulatorToken = {
  id: 'ballast@pve!partly',
  secret: '11111111-2222-4333-8444-777777777777',
  role: [],
  grants: [{ path: '/vms/101', role: ['VM.Audit'] }],
};
const MOVER: SimulatorToken = {
  id: 'ballast@pve!mover',
  secret: '11111111-2222-4333-8444-888888888888',
  role: ['VM.Audit', 'VM.Migrate', 'VM.Config.Disk'],
};
const FULL: SimulatorToken = { id: 'ballast@pve!operator', secret: '6a1c9e0e-2f43-4a5d-9d53-0f6b1c7e8a21' };

let simulator: Simulator;
beforeAll(async () => {
  let world: World = withLock(demoWorld(1), 106, 'backup');
  world = changeGuest(world, 102, (guest) => ({ ...guest, kind: 'lxc' }));
  world = changeGuest(world, 104, (guest) => ({ ...guest, agent: false }));
  simulator = await startSimulator({ strict: true, world, speed: 0, tokens: [FULL, READER, NOBODY, PARTLY, MOVER] });
});
afterAll(() => simulator.stop());

function as({ id, secret }: SimulatorToken): CallOptions {
  return { headers: { authorization: `PVEAPIToken=${id}=${secret}` } };
}

const MIGRATE = '/nodes/pve1/qemu/101/migrate';

describe('refusals', () => {
  it.each<{
    name: string;
    method?: string;
    path: string;
    options?: CallOptions;
    status: number;
    reason: string;
    errors?: object;
  }>([
    { name: 'unknown path', path: '/nosuch', status: 501, reason: "Method 'GET /nosuch' not implemented" },
    {
      name: 'unknown method',
      method: 'PUT',
      path: '/version',
      status: 501,
      reason: "Method 'PUT /version' not implemented",
    },
    {
      name: 'no guest of this id',
      path: '/nodes/pve1/qemu/999/config',
      status: 500,
      reason: "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist",
    },
    {
      name: 'a guest of another node',
      path: '/nodes/pve2/qemu/101/config',
      status: 500,
      reason: "Configuration file 'nodes/pve2/qemu-server/101.conf' does not exist",
    },
    {
      name: 'a container asked for as a machine',
      path: '/nodes/pve1/qemu/102/config',
      status: 500,
      reason: "Configuration file 'nodes/pve1/qemu-server/102.conf' does not exist",
    },
    {
      name: 'an unknown node',
      path: '/nodes/pve9/status',
      status: 500,
      reason: "hostname lookup 'pve9' failed - failed to get address info for: pve9: Name or service not known",
    },
    {
      name: 'no agent',
      path: '/nodes/pve1/qemu/104/agent/network-get-interfaces',
      status: 500,
      reason: 'No QEMU guest agent configured',
    },
    {
      name: 'a bad filter',
      path: '/cluster/resources?type=vms',
      status: 400,
      reason: 'Parameter verification failed.',
      errors: { type: "value 'vms' does not have a value in the enumeration 'vm, storage, node, sdn'" },
    },
    {
      name: 'an unknown parameter',
      path: '/version?x=1',
      status: 400,
      reason: 'Parameter verification failed.',
      errors: { x: 'property is not defined in schema and the schema does not allow additional properties' },
    },
    {
      name: 'a bad vmid',
      path: '/nodes/pve1/qemu/abc/config',
      status: 400,
      reason: 'Parameter verification failed.',
      errors: { vmid: "type check ('integer') failed - got 'abc'" },
    },
    {
      name: 'a bad UPID',
      path: '/nodes/pve1/tasks/UPID:x/status',
      status: 400,
      reason: 'Parameter verification failed.',
      errors: { upid: 'unable to parse worker upid' },
    },
    {
      name: 'a task that is not there',
      path: '/nodes/pve1/tasks/UPID:pve1:000003E8:00000001:00000001:qmigrate:101:root@pam:/status',
      status: 400,
      reason: 'Parameter verification failed.',
      errors: { upid: 'no such task' },
    },
    {
      name: 'no target',
      method: 'POST',
      path: MIGRATE,
      options: { form: { online: 1 } },
      status: 400,
      reason: 'Parameter verification failed.',
      errors: { target: 'property is missing and it is not optional' },
    },
    {
      name: 'its own node as the target',
      method: 'POST',
      path: MIGRATE,
      options: { form: { target: 'pve1', online: 1 } },
      status: 400,
      reason: 'Parameter verification failed.',
      errors: { target: 'target is local node.' },
    },
    {
      name: 'an unknown target',
      method: 'POST',
      path: MIGRATE,
      options: { form: { target: 'pve9', online: 1 } },
      status: 500,
      reason: "no such cluster node 'pve9'",
    },
    {
      name: 'a bad node name',
      method: 'POST',
      path: MIGRATE,
      options: { form: { target: 'pve_9' } },
      status: 400,
      reason: 'Parameter verification failed.',
      errors: { target: 'invalid format - value does not look like a valid node name\n' },
    },
    {
      name: 'a bad boolean',
      method: 'POST',
      path: MIGRATE,
      options: { form: { target: 'pve2', online: 'maybe' } },
      status: 400,
      reason: 'Parameter verification failed.',
      errors: { online: "type check ('boolean') failed - got 'maybe'" },
    },
    {
      name: 'a negative limit',
      method: 'POST',
      path: MIGRATE,
      options: { form: { target: 'pve2', bwlimit: -1 } },
      status: 400,
      reason: 'Parameter verification failed.',
      errors: { bwlimit: 'value must have a minimum value of 0' },
    },
    {
      name: 'an option of root',
      method: 'POST',
      path: MIGRATE,
      options: { form: { target: 'pve2', online: 1, force: 1 } },
      status: 400,
      reason: 'Parameter verification failed.',
      errors: { force: 'Only root may use this option.' },
    },
    {
      name: 'a parameter that contradicts the path',
      method: 'POST',
      path: MIGRATE,
      options: { form: { target: 'pve2', vmid: 102 } },
      status: 400,
      reason: 'Parameter verification failed.',
      errors: { vmid: 'duplicate parameter (already defined in URI) with conflicting values!' },
    },
    {
      name: 'a running machine without online',
      method: 'POST',
      path: MIGRATE,
      options: { form: { target: 'pve2' } },
      status: 500,
      reason: "can't migrate running VM without --online",
    },
    {
      name: 'a running container without restart',
      method: 'POST',
      path: '/nodes/pve1/lxc/102/migrate',
      options: { form: { target: 'pve2' } },
      status: 500,
      reason: "can't migrate running container without --online or --restart",
    },
    {
      name: 'a locked machine',
      method: 'POST',
      path: '/nodes/pve2/qemu/106/migrate',
      options: { form: { target: 'pve1', online: 1 } },
      status: 500,
      reason: 'VM is locked (backup)',
    },
    {
      name: 'a locked machine, asked beforehand',
      path: '/nodes/pve2/qemu/106/migrate',
      status: 500,
      reason: 'VM is locked (backup)',
    },
    {
      name: 'groups of HA',
      path: '/cluster/ha/groups',
      status: 500,
      reason: 'cannot index groups: ha groups have been migrated to rules',
    },
    {
      name: 'reading with no rights',
      path: '/cluster/status',
      options: as(NOBODY),
      status: 403,
      reason: 'Permission check failed (/, Sys.Audit)',
    },
    {
      name: 'migrating with the rights of a reader',
      method: 'POST',
      path: MIGRATE,
      options: { ...as(READER), form: { target: 'pve1' } },
      status: 403,
      reason: 'Permission check failed (/vms/101, VM.Migrate)',
    },
    {
      name: 'moving disks to a storage without the right to its space',
      method: 'POST',
      path: MIGRATE,
      options: { ...as(MOVER), form: { target: 'pve2', online: 1, targetstorage: 'ceph' } },
      status: 403,
      reason: 'Permission check failed (/storage/ceph, Datastore.AllocateSpace)',
    },
    {
      name: 'moving a container to a storage without the right to its configuration',
      method: 'POST',
      path: '/nodes/pve1/lxc/102/migrate',
      options: { form: { target: 'pve2', restart: 1, 'target-storage': 'ceph' } },
      status: 403,
      reason: 'Permission check failed (/vms/102, VM.Config.Disk)',
    },
    {
      name: 'reading another guest than is granted',
      path: '/nodes/pve1/qemu/103/config',
      options: as(PARTLY),
      status: 403,
      reason: 'Permission check failed (/vms/103, VM.Audit)',
    },
    {
      name: 'moving through HA without the right',
      method: 'POST',
      path: '/cluster/ha/resources/vm:101/migrate',
      options: { form: { node: 'pve2' } },
      status: 403,
      reason: 'Permission check failed (/, Sys.Console)',
    },
  ])('$name: $status $reason', async ({ method = 'GET', path, options, status, reason, errors }) => {
    const answer = await call(simulator, method, path, options);
    expect(answer).toMatchObject({ status, reason });
    expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
    expect(answer.headers['connection']).toBe('close');
    const message = status === 501 ? reason : `${reason}\n`;
    expect(JSON.parse(answer.body)).toEqual({ data: null, message, ...(errors === undefined ? {} : { errors }) });
  });

  it.each<{ name: string; method: string; options: CallOptions; reason: string; body: string }>([
    { name: 'PATCH', method: 'PATCH', options: {}, reason: "method 'PATCH' not available", body: '' },
    {
      name: 'a body on DELETE',
      method: 'DELETE',
      options: { form: { x: 1 } },
      reason: "Unexpected content for method 'DELETE'",
      body: "Unexpected content for method 'DELETE'",
    },
    {
      name: 'a chunked body',
      method: 'POST',
      options: { headers: { ...BY_TOKEN, 'transfer-encoding': 'chunked' }, body: 'x=1' },
      reason: 'chunked transfer encoding not supported',
      body: 'chunked transfer encoding not supported',
    },
  ])('501 without JSON for $name', async ({ method, options, reason, body }) => {
    const answer = await call(simulator, method, '/version', options);
    expect(answer).toMatchObject({ status: 501, reason, body });
    expect(answer.headers['content-type']).toBeUndefined();
  });

  it('leave rows out of lists instead', async () => {
    const rows = async (token: SimulatorToken): Promise<Record<string, unknown>[]> =>
      (
        JSON.parse((await call(simulator, 'GET', '/cluster/resources', as(token))).body) as {
          data: Record<string, unknown>[];
        }
      ).data;
    const partly = await rows(PARTLY);
    expect(partly.filter((row) => row['vmid'] !== undefined).map((row) => row['vmid'])).toEqual([101]);
    const nodes = partly.filter((row) => row['type'] === 'node');
    expect(nodes).toHaveLength(3);
    for (const node of nodes) expect(Object.keys(node).sort()).toEqual(['id', 'level', 'node', 'status', 'type']);
    expect((await rows(READER)).filter((row) => row['type'] === 'qemu' || row['type'] === 'lxc')).toHaveLength(12);
  });

  it('without quorum forbid writes and let reads pass', async () => {
    const heal = simulator.fail({ kind: 'quorum-lost' });
    expect((await call(simulator, 'GET', '/cluster/resources')).status).toBe(200);
    for (const [method, options] of [
      ['GET', {}],
      ['POST', { form: { target: 'pve2', online: 1 } }],
    ] as const) {
      expect(await call(simulator, method, MIGRATE, options)).toMatchObject({
        status: 500,
        reason: 'cluster not ready - no quorum?',
      });
    }
    heal();
    expect((await call(simulator, 'GET', MIGRATE)).status).toBe(200);
  });
});
