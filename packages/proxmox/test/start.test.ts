import { BallastError, MIB, type Migration } from '@ballast/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveCluster, statusRows } from './support/cluster.ts';
import { connect, failureOf } from './support/connected.ts';
import { container, POST, PRECONDITIONS, QMIGRATE, step, taskOf, upid } from './support/migrations.ts';
import { type Reply, TestPve } from './support/pve.ts';

let pve: TestPve;
beforeEach(async () => {
  pve = serveCluster(await TestPve.start());
});
afterEach(() => pve.stop());

describe('start', () => {
  const begin = async (migration: Migration = step, options = {}): Promise<Readonly<Record<string, string>>> => {
    const { kind, from, guest } = migration;
    const route = `POST /nodes/${from}/${kind}/${guest}/migrate`;
    pve.on(route, { data: QMIGRATE });
    await connect(pve, options).cluster.migrator.start(migration);
    return pve.last(route).form;
  };

  it.each([
    ['a live migration', step, {}, { target: 'pve2', online: '1' }],
    ['an offline one', { ...step, mode: 'offline' as const }, {}, { target: 'pve2' }],
    ['local disks', step, { localDisks: true }, { target: 'pve2', online: '1', 'with-local-disks': '1' }],
    [
      'local disks to another storage',
      step,
      { localDisks: true, targetStorage: 'ceph' },
      { target: 'pve2', online: '1', 'with-local-disks': '1', targetstorage: 'ceph' },
    ],
    ['a storage that nothing goes to', step, { targetStorage: 'ceph' }, { target: 'pve2', online: '1' }],
    ['a limit, in KiB/s', step, { bandwidthLimit: 100 * MIB }, { target: 'pve2', online: '1', bwlimit: '102400' }],
    ['a container', container, {}, { target: 'pve2', restart: '1', timeout: '180' }],
    [
      'a container with patience and storage',
      container,
      { containerTimeout: 60_500, targetStorage: 'ceph' },
      { target: 'pve2', restart: '1', timeout: '61', 'target-storage': 'ceph' },
    ],
    ['a stopped container', { ...container, mode: 'offline' as const }, {}, { target: 'pve2' }],
  ])('asks for %s', async (_what, migration, options, form) => {
    expect(await begin(migration, { migration: options })).toEqual(form);
  });

  it.each([
    [undefined, '1'],
    [true, '1'],
    [false, undefined],
  ])('takes connection tracking along where the hosts can, unless it is off (%s)', async (conntrack, sent) => {
    pve.on(PRECONDITIONS, { data: { running: 1, 'has-dbus-vmstate': 1 } });
    pve.on(POST, { data: QMIGRATE });
    const { migrator } = connect(pve, { migration: { conntrack } }).cluster;
    await migrator.validate(step);
    await migrator.start(step);
    expect(pve.last(POST).form['with-conntrack-state']).toBe(sent);
  });

  it('names the task by its UPID', async () => {
    pve.on(POST, { data: QMIGRATE });
    expect(await connect(pve).cluster.migrator.start(step)).toEqual(taskOf(QMIGRATE));
  });

  it('is kept back where it may not leave any more, and sends nothing', async () => {
    pve.on(POST, { data: QMIGRATE });
    const { migrator } = connect(pve).cluster;
    const mayLeave = (): void => {
      throw new BallastError('not-leading', 'Another one leads.');
    };
    await expect(migrator.start(step, { mayLeave })).rejects.toMatchObject({ code: 'not-leading' });
    expect(pve.count(POST)).toBe(0);
  });

  it('is kept back while the newest word is that there is no quorum, whoever was told it', async () => {
    pve.on(PRECONDITIONS, { data: { running: 1 } });
    pve.on(POST, { data: QMIGRATE });
    const { migrator, source } = connect(pve).cluster;
    expect(await migrator.validate(step)).toEqual([]);
    const online = { pve1: true, pve2: false, pve3: false };
    pve.on('GET /cluster/status', { data: statusRows(online, 0) });
    await failureOf(source.observe());
    expect(await failureOf(migrator.start(step))).toMatchObject({ name: 'KeptBackError', code: 'snapshot-no-quorum' });
    expect(pve.count(POST)).toBe(0);
    serveCluster(pve);
    expect(await migrator.validate(step)).toEqual([]);
    await migrator.start(step);
    expect(pve.count(POST)).toBe(1);
  });

  it('passes on why Proxmox VE refuses', async () => {
    pve.on(POST, { status: 500, reason: "no such cluster node 'pve2'" });
    expect(await failureOf(connect(pve).cluster.migrator.start(step))).toMatchObject({
      code: 'proxmox-node-unknown',
      message: 'Expected a node of the cluster, got pve2, which it does not know.',
    });
    expect(pve.count(POST)).toBe(1);
  });

  it('sends nothing when it was called off before', async () => {
    await failureOf(connect(pve).cluster.migrator.start(step, { signal: AbortSignal.abort() }));
    expect(pve.seen).toEqual([]);
  });

  const LOST: readonly [what: string, reply: Reply][] = [
    ['the connection breaks', { write: (response) => void response.destroy() }],
    ['the answer is garbage', { write: (response) => void response.writeHead(200).end('<html>') }],
    ['the node hangs', { status: 596, reason: 'Connection timed out' }],
  ];

  it.each(LOST)('takes over the running task when %s, and asks no second time', async (_what, reply) => {
    pve.on(POST, reply);
    pve.on('GET /nodes/pve1/tasks', {
      data: [{ upid: upid('vzdump') }, { upid: QMIGRATE, id: '100', type: 'qmigrate', status: 'RUNNING' }],
    });
    const { cluster, drive } = connect(pve);
    expect(await drive(cluster.migrator.start(step))).toEqual(taskOf(QMIGRATE));
    expect(pve.count(POST)).toBe(1);
    expect(pve.last('GET /nodes/pve1/tasks').query).toEqual({ source: 'active', vmid: '100' });
  });

  it.each(LOST)('says that nobody knows when %s and no task is found', async (_what, reply) => {
    pve.on(POST, reply);
    pve.on('GET /nodes/pve1/tasks', { data: [] });
    const { cluster, drive } = connect(pve);
    const error = await failureOf(drive(cluster.migrator.start(step)));
    expect(error.code).toBe('proxmox-outcome-unknown');
    expect(error.message).toMatch(
      /^The migration of guest-100 to pve2 was asked for once, and the answer was lost \(.*\) No task of it is found\.$/,
    );
    expect(error.hint).toMatch(/^It is not asked for again/);
    expect(pve.count(POST)).toBe(1);
  });

  it('looks for nothing when the request cannot have arrived', async () => {
    pve.on(POST, { status: 595, reason: 'Connection refused' });
    expect((await failureOf(connect(pve).cluster.migrator.start(step))).code).toBe('proxmox-node-unreachable');
    expect(pve.count('GET /nodes/pve1/tasks')).toBe(0);
  });
});
