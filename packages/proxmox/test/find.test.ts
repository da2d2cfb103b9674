import type { ClusterTask } from '@ballast/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveCluster } from './support/cluster.ts';
import { connect, failureOf, TOKEN_ID } from './support/connected.ts';
import { QMIGRATE, START, taskOf, upid } from './support/migrations.ts';
import { TestPve } from './support/pve.ts';

let pve: TestPve;
beforeEach(async () => {
  pve = serveCluster(await TestPve.start());
});
afterEach(() => pve.stop());

const earlier = (seconds: number): string => (Number.parseInt(START, 16) - seconds).toString(16).toUpperCase();
const row = (id: string): ClusterTask => ({ id, node: 'pve1', type: id.split(':')[5] ?? '', guest: 100, startedAt: 0 });
const FOREIGN = upid('qmigrate', 'carol@pve');
const CHILD = upid('qmigrate', 'root@pam');
const REQUEST = upid('hamigrate', TOKEN_ID, earlier(8));
const TO_PVE2 = "2026-01-05 00:00:00 starting migration of VM 100 to node 'pve2' (192.0.2.2)";

/** A task that runs, with these lines in its log. */
function serve(id: string, lines: readonly string[], status = 'running'): void {
  pve.on(`GET /nodes/pve1/tasks/${id}/status`, { data: { status } });
  pve.on(`GET /nodes/pve1/tasks/${id}/log`, { data: lines.map((t, i) => ({ n: i + 1, t })) });
}

describe('finding what runs under our own identity', () => {
  it.each([
    ['a machine', QMIGRATE, [TO_PVE2], 'pve2'],
    [
      'a machine, over a network of its own',
      QMIGRATE,
      ['use dedicated network address for sending migration traffic (10.9.0.2)', TO_PVE2],
      'pve2',
    ],
    [
      'a container',
      upid('vzmigrate'),
      ['shutdown CT 100', "starting migration of CT 100 to node 'pve-3.lab' (192.0.2.3)"],
      'pve-3.lab',
    ],
    ['a request to the HA manager', upid('hamigrate'), ['Requesting HA migration for VM 100 to node pve2'], 'pve2'],
  ])('%s', async (_, id, lines, to) => {
    serve(id, lines);
    expect(await connect(pve).cluster.migrator.find([row(id)])).toEqual([{ task: taskOf(id), to }]);
  });

  it('leaves alone what others began, and asks nothing about it', async () => {
    const { migrator } = connect(pve).cluster;
    expect(await migrator.find([row(FOREIGN), row(upid('vzdump'))])).toEqual([]);
    expect(pve.seen).toEqual([]);
  });

  it.each([
    ['we asked the HA manager for', TOKEN_ID, [{ task: taskOf(CHILD), to: 'pve2', request: REQUEST }]],
    ['somebody else asked the HA manager for', 'carol@pve', []],
  ])('a migration that %s', async (_, user, found) => {
    serve(CHILD, ['task started by HA resource agent', TO_PVE2]);
    const older = upid('hamigrate', user === TOKEN_ID ? 'carol@pve' : TOKEN_ID, earlier(300));
    pve.on('GET /nodes/pve1/tasks', { data: [{ upid: older }, { upid: upid('hamigrate', user, earlier(8)) }] });
    expect(await connect(pve).cluster.migrator.find([row(CHILD)])).toEqual(found);
  });

  it('a migration of root itself is not one of the HA manager', async () => {
    serve(CHILD, [TO_PVE2]);
    expect(await connect(pve).cluster.migrator.find([row(CHILD)])).toEqual([]);
  });

  it('leaves out what has ended meanwhile, or does not tell yet where it goes', async () => {
    serve(QMIGRATE, [TO_PVE2], 'stopped');
    expect(await connect(pve).cluster.migrator.find([row(QMIGRATE)])).toEqual([]);
    serve(QMIGRATE, ['no content']);
    expect(await connect(pve).cluster.migrator.find([row(QMIGRATE)])).toEqual([]);
  });

  it('says why it cannot tell', async () => {
    pve.on(`GET /nodes/pve1/tasks/${QMIGRATE}/log`, { status: 403, reason: 'Permission check failed' });
    const { cluster, drive } = connect(pve);
    expect((await failureOf(drive(cluster.migrator.find([row(QMIGRATE)])))).code).toBe('proxmox-forbidden');
  });
});
