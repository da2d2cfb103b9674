import { readFileSync } from 'node:fs';
import { GIB, MIB, type Migration, type MigrationProgress } from '@ballast/core';
import { aMigration, T0 } from '@ballast/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveCluster, statusRows, vmRow } from './support/cluster.ts';
import { connect, failureOf } from './support/connected.ts';
import { type Reply, TestPve } from './support/pve.ts';

let pve: TestPve;
beforeEach(async () => {
  pve = serveCluster(await TestPve.start());
});
afterEach(() => pve.stop());

const START = Math.floor(T0 / 1000)
  .toString(16)
  .toUpperCase();
const upid = (type: string, user = 'ballast@pve!operator', start = START): string =>
  `UPID:pve1:0000A1B2:000C3D4E:${start}:${type}:100:${user}:`;
const QMIGRATE = upid('qmigrate');
const POST = 'POST /nodes/pve1/qemu/100/migrate';
const PRECONDITIONS = 'GET /nodes/pve1/qemu/100/migrate';
const step = aMigration(100, 'pve1', 'pve2');
const container = aMigration(102, 'pve3', 'pve2', { kind: 'lxc', mode: 'restart' });
const taskOf = (id: string) => ({ id, node: 'pve1', guest: 100, startedAt: T0 });

/** A task whose log grows by `pace` lines with each look, and that ends with `exit` after the last one. */
function serveTask(id: string, file: string, exit: string, pace = 3): void {
  const lines = readFileSync(new URL(`./golden/${file}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  let shown = 0;
  pve.on(`GET /nodes/pve1/tasks/${id}/status`, () => {
    shown = Math.min(lines.length, shown + pace);
    return { data: shown < lines.length ? { status: 'running' } : { status: 'stopped', exitstatus: exit } };
  });
  pve.on(`GET /nodes/pve1/tasks/${id}/log`, ({ query }) => {
    const from = Number(query['start']);
    if (shown === 0) return { data: [{ n: 1, t: 'no content' }] };
    return {
      data: lines
        .slice(0, shown)
        .map((t, i) => ({ n: i + 1, t }))
        .slice(from, from + Number(query['limit'])),
    };
  });
}

describe('validation', () => {
  const ready = {
    running: 1,
    allowed_nodes: ['pve2', 'pve3'],
    not_allowed_nodes: { pve2: {}, pve3: {} },
    local_disks: [],
    local_resources: [],
  };
  const validate = (migration: Migration = step, options = {}): Promise<unknown> =>
    connect(pve, options).cluster.migrator.validate(migration);

  const rows: readonly [what: string, answer: Reply, code: string | undefined, detail: string][] = [
    ['nothing in the way', { data: ready }, undefined, ''],
    ['an older version that lists no nodes', { data: { running: 1 } }, undefined, ''],
    ['stopped meanwhile', { data: { ...ready, running: 0 } }, 'not-running', 'The guest does not run any more.'],
    ['a lock', { status: 500, reason: 'VM is locked (snapshot)' }, 'locked', 'The guest is locked: snapshot.'],
    [
      'no quorum',
      { status: 500, reason: 'cluster not ready - no quorum?' },
      'refused',
      'Proxmox VE refused GET /nodes/pve1/qemu/100/migrate: cluster not ready - no quorum?',
    ],
    [
      'moved meanwhile',
      { status: 500, reason: "Configuration file 'nodes/pve1/qemu-server/100.conf' does not exist" },
      'refused',
      "Expected the guest of /nodes/pve1/qemu/100/migrate on that node, got: Configuration file 'nodes/pve1/qemu-server/100.conf' does not exist.",
    ],
    [
      'a missing right',
      { status: 403, reason: 'Permission check failed (/vms/100, VM.Migrate)' },
      'refused',
      'Expected token ballast@pve!operator to have VM.Migrate on /vms/100, which GET /nodes/pve1/qemu/100/migrate needs, got 403 (Permission check failed (/vms/100, VM.Migrate)).',
    ],
    [
      'a device of the host',
      { data: { ...ready, local_resources: ['hostpci0', 'usb0'] } },
      'local-resource',
      'The guest is bound to pve1 by hostpci0, usb0.',
    ],
    [
      'a CD image of the host',
      { data: { ...ready, local_disks: [{ volid: 'local:iso/x.iso', size: 1, cdrom: 1 }] } },
      'local-resource',
      'The guest is bound to pve1 by local:iso/x.iso.',
    ],
    [
      'a local disk',
      { data: { ...ready, local_disks: [{ volid: 'lvm:vm-100-disk-0', size: 1 }] } },
      'local-disk',
      'Disks that are not shared would have to be copied: lvm:vm-100-disk-0.',
    ],
    [
      'a storage that the target lacks',
      { data: { ...ready, allowed_nodes: ['pve3'], not_allowed_nodes: { pve2: { unavailable_storages: ['nvme'] } } } },
      'refused',
      'Not to pve2: storage nvme is missing there.',
    ],
    [
      'an HA rule of nodes',
      {
        data: {
          ...ready,
          not_allowed_nodes: { pve2: { 'blocking-ha-resources': [{ sid: 'vm:100', cause: 'node-affinity' }] } },
        },
      },
      'pinned',
      'Not to pve2: the HA manager refuses it for vm:100 (node-affinity).',
    ],
    [
      'an HA rule of resources',
      {
        data: {
          ...ready,
          not_allowed_nodes: { pve2: { 'blocking-ha-resources': [{ sid: 'vm:101', cause: 'resource-affinity' }] } },
        },
      },
      'anti-affinity',
      'Not to pve2: the HA manager refuses it for vm:101 (resource-affinity).',
    ],
    [
      'companions',
      { data: { ...ready, 'dependent-ha-resources': ['vm:101'] } },
      'affinity',
      'The HA manager would take vm:101 along.',
    ],
    [
      'a target outside the allowed ones',
      { data: { ...ready, allowed_nodes: ['pve3'], not_allowed_nodes: {} } },
      'refused',
      'Proxmox VE does not count pve2 among the nodes the guest may move to.',
    ],
  ];

  it.each(rows)('%s', async (_what, answer, code, detail) => {
    pve.on(PRECONDITIONS, answer);
    expect(await validate()).toEqual(code === undefined ? [] : [{ guest: 100, code, detail }]);
  });

  it.each([
    ['is offline', statusRows({ pve1: true, pve2: false, pve3: true }), 'pve2 is not online.'],
    ['is gone', statusRows({ pve1: true, pve3: true }), 'pve2 is not online.'],
    ['cannot be reached by a majority', statusRows({ pve1: true, pve2: true }, 0), 'The cluster has no quorum.'],
  ])('a target that %s, which Proxmox VE would allow', async (_what, data, detail) => {
    pve.on(PRECONDITIONS, { data: ready });
    pve.on('GET /cluster/status', { data });
    expect(await validate()).toEqual([{ guest: 100, code: 'refused', detail }]);
  });

  it('lets local disks go where that is allowed', async () => {
    pve.on(PRECONDITIONS, { data: { ...ready, local_disks: [{ volid: 'lvm:vm-100-disk-0', size: 1 }] } });
    expect(await validate(step, { migration: { localDisks: true } })).toEqual([]);
  });

  it('sees a guest that was started before an offline move', async () => {
    pve.on(PRECONDITIONS, { data: ready });
    expect(await validate({ ...step, mode: 'offline' })).toEqual([
      { guest: 100, code: 'refused', detail: 'The guest was started meanwhile.' },
    ]);
  });

  it('fails, and blames nothing on the guest, when the cluster cannot be asked', async () => {
    pve.on(PRECONDITIONS, { status: 401, reason: 'Authentication failed!' });
    expect((await failureOf(validate())).code).toBe('proxmox-unauthorized');
  });

  it('asks for a container in two places', async () => {
    pve.on('GET /nodes/pve3/lxc/102/status/current', { data: { status: 'running', lock: 'backup' } });
    pve.on('GET /nodes/pve3/lxc/102/migrate', { data: { 'allowed-nodes': ['pve2'], 'not-allowed-nodes': {} } });
    expect(await validate(container)).toEqual([{ guest: 102, code: 'locked', detail: 'The guest is locked: backup.' }]);
    pve.on('GET /nodes/pve3/lxc/102/status/current', { data: { status: 'running' } });
    expect(await validate(container)).toEqual([]);
  });
});

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

describe('following', () => {
  it('a live migration from its first line to its outcome', async () => {
    serveTask(QMIGRATE, 'live-migration.log', 'OK');
    const { cluster, drive } = connect(pve);
    const seen: MigrationProgress[] = [];
    const outcome = await drive(
      cluster.migrator.follow(taskOf(QMIGRATE), { onProgress: (progress) => seen.push(progress) }),
    );
    expect(outcome).toEqual({ result: 'done', detail: 'OK', downtime: 54, transferred: Math.round(4.6 * GIB) });
    expect(seen.map(({ ratio, line }) => [ratio, line])).toEqual([
      [0, "starting migration of VM 100 to node 'pve2' (192.0.2.2)"],
      [0, 'ssh tunnel ver 1'],
      [0, 'migration downtime limit: 100 ms'],
      [0, 'start migrate command to unix:/run/qemu-server/100.migrate'],
      // More than all of it crossed: the guest wrote to its memory meanwhile.
      [
        1,
        'migration active, transferred 4.5 GiB of 4.0 GiB VM-state, 900.5 MiB/s, VM dirties lots of memory: 250.0 MiB/s',
      ],
      [1, 'migration status: completed'],
      [1, 'migration finished successfully (duration 00:00:09)'],
    ]);
    expect(seen[4]).toMatchObject({ transferred: 4.5 * GIB, total: 4 * GIB, speed: Math.round(900.5 * MIB) });
    // The log is read on, not again.
    expect(pve.last(`GET /nodes/pve1/tasks/${QMIGRATE}/log`).query).toEqual({ start: '18', limit: '500' });
  });

  it('remembers the dirty rate that the log tells', async () => {
    serveTask(QMIGRATE, 'live-migration.log', 'OK', 100);
    pve.on('GET /nodes/pve1/qemu/100/config', { data: { digest: 'd' } });
    pve.on(PRECONDITIONS, { data: { running: 1 } });
    const { cluster, drive } = connect(pve);
    await drive(cluster.migrator.follow(taskOf(QMIGRATE)));
    expect((await cluster.source.inspect([100]))[0]?.dirtyRate).toBe(250 * MIB);
  });

  it('a log longer than a page', async () => {
    const lines = Array.from({ length: 1234 }, (_, i) => ({ n: i + 1, t: `line ${i + 1}` }));
    pve.on(`GET /nodes/pve1/tasks/${QMIGRATE}/status`, { data: { status: 'stopped', exitstatus: 'OK' } });
    pve.on(`GET /nodes/pve1/tasks/${QMIGRATE}/log`, ({ query }) => ({
      data: lines.slice(Number(query['start']), Number(query['start']) + Number(query['limit'])),
    }));
    const seen: MigrationProgress[] = [];
    await connect(pve).cluster.migrator.follow(taskOf(QMIGRATE), { onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([{ ratio: 0, line: 'line 1234' }]);
  });

  it('a migration that fails, with the first reason in its log', async () => {
    serveTask(QMIGRATE, 'failed-migration.log', 'migration aborted', 100);
    expect(await connect(pve).cluster.migrator.follow(taskOf(QMIGRATE))).toEqual({
      result: 'failed',
      detail: "migration aborted: can't migrate local disk 'local:iso/debian.iso': local cdrom image",
    });
  });

  it('a migration with warnings is done', async () => {
    serveTask(QMIGRATE, 'live-migration.log', 'WARNINGS: 1', 100);
    expect(await connect(pve).cluster.migrator.follow(taskOf(QMIGRATE))).toMatchObject({
      result: 'done',
      detail: 'WARNINGS: 1',
    });
  });

  it('through an outage of the cluster', async () => {
    serveTask(QMIGRATE, 'live-migration.log', 'OK', 100);
    const { cluster, drive, clock } = connect(pve, { retries: 0 });
    const log = `GET /nodes/pve1/tasks/${QMIGRATE}/log`;
    let outages = 0;
    pve.on(log, () => (outages++ < 30 ? { status: 596, reason: '' } : { data: [{ n: 1, t: 'TASK OK' }] }));
    expect((await drive(cluster.migrator.follow(taskOf(QMIGRATE)))).result).toBe('done');
    expect(clock.now() - T0).toBeGreaterThanOrEqual(30_000);
  });

  it('ends when the outage does not', async () => {
    pve.on(`GET /nodes/pve1/tasks/${QMIGRATE}/status`, { status: 595, reason: 'No route to host' });
    const { cluster, drive, clock } = connect(pve, { retries: 0, pollInterval: 10_000 });
    expect((await failureOf(drive(cluster.migrator.follow(taskOf(QMIGRATE)), 10_000))).code).toBe(
      'proxmox-node-unreachable',
    );
    expect(clock.now() - T0).toBeGreaterThan(300_000);
  });

  it.each([
    ['pve2', 'done', 'Proxmox VE has forgotten the task; the guest is on pve2.'],
    ['pve1', 'failed', 'Proxmox VE has forgotten the task; the guest is still on pve1.'],
    [undefined, 'failed', 'Proxmox VE has forgotten the task; the guest is gone.'],
  ])('a task that is forgotten: the guest is on %s', async (node, result, detail) => {
    pve.on(`GET /nodes/pve1/tasks/${QMIGRATE}/status`, {
      status: 400,
      reason: 'Parameter verification failed.',
      errors: { upid: 'no such task' },
    });
    pve.on('GET /cluster/resources', { data: node === undefined ? [] : [vmRow(100, node)] });
    expect(await connect(pve).cluster.migrator.follow(taskOf(QMIGRATE))).toEqual({ result, detail });
  });

  it('ends with its signal, and leaves the migration alone', async () => {
    pve.on(`GET /nodes/pve1/tasks/${QMIGRATE}/status`, { data: { status: 'running' } });
    pve.on(`GET /nodes/pve1/tasks/${QMIGRATE}/log`, { data: [] });
    const { cluster, drive } = connect(pve);
    const stop = new AbortController();
    const following = failureOf(
      cluster.migrator.follow(taskOf(QMIGRATE), {
        signal: stop.signal,
        onProgress: () => stop.abort(new Error('stop')),
      }),
    );
    expect((await drive(following)).message).toBe('stop');
    expect(pve.seen.filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});

describe('aborting', () => {
  it('stops the task, and its failure counts as an abort', async () => {
    serveTask(QMIGRATE, 'failed-migration.log', 'migration aborted', 1);
    pve.on(`DELETE /nodes/pve1/tasks/${QMIGRATE}`, { data: null });
    const { cluster, drive } = connect(pve);
    const following = cluster.migrator.follow(taskOf(QMIGRATE));
    await cluster.migrator.abort(taskOf(QMIGRATE));
    expect((await drive(following)).result).toBe('aborted');
    expect(pve.count(`DELETE /nodes/pve1/tasks/${QMIGRATE}`)).toBe(1);
  });

  it('that comes too late leaves it done', async () => {
    serveTask(QMIGRATE, 'live-migration.log', 'OK');
    pve.on(`DELETE /nodes/pve1/tasks/${QMIGRATE}`, { data: null });
    const { cluster, drive } = connect(pve);
    await cluster.migrator.abort(taskOf(QMIGRATE));
    expect((await drive(cluster.migrator.follow(taskOf(QMIGRATE)))).result).toBe('done');
  });
});

describe('a guest of the HA manager', () => {
  const HAMIGRATE = upid('hamigrate');
  const CHILD = upid('qmigrate', 'root@pam', (Number.parseInt(START, 16) + 8).toString(16).toUpperCase());
  const OLD = upid('qmigrate', 'root@pam', (Number.parseInt(START, 16) - 900).toString(16).toUpperCase());

  beforeEach(() => {
    pve.on(`GET /nodes/pve1/tasks/${HAMIGRATE}/status`, { data: { status: 'stopped', exitstatus: 'OK' } });
    pve.on(`GET /nodes/pve1/tasks/${HAMIGRATE}/log`, {
      data: [
        { n: 1, t: 'Requesting HA migration for VM 100 to node pve2' },
        { n: 2, t: 'TASK OK' },
      ],
    });
  });

  it('is followed through the task that the manager starts, not through an older one', async () => {
    let looks = 0;
    pve.on('GET /nodes/pve1/tasks', () => ({ data: [{ upid: OLD }, ...(++looks > 5 ? [{ upid: CHILD }] : [])] }));
    serveTask(CHILD, 'live-migration.log', 'OK');
    const { cluster, drive } = connect(pve);
    const lines: (string | undefined)[] = [];
    const outcome = await drive(
      cluster.migrator.follow(taskOf(HAMIGRATE), { onProgress: ({ line }) => lines.push(line) }),
    );
    expect(outcome).toMatchObject({ result: 'done', downtime: 54 });
    expect(looks).toBe(6);
    expect(lines.slice(0, 3)).toEqual([
      'Requesting HA migration for VM 100 to node pve2',
      'waiting for the HA manager to start the migration',
      "starting migration of VM 100 to node 'pve2' (192.0.2.2)",
    ]);
    expect(pve.last('GET /nodes/pve1/tasks').query).toEqual({ source: 'all', vmid: '100', since: String(T0 / 1000) });
  });

  it('has not moved when the manager starts nothing', async () => {
    pve.on('GET /nodes/pve1/tasks', { data: [{ upid: OLD }] });
    const { cluster, drive } = connect(pve);
    expect(await drive(cluster.migrator.follow(taskOf(HAMIGRATE)), 10_000)).toEqual({
      result: 'failed',
      detail:
        'The HA manager started no migration within 180 s; a rule of its own may stand against it; the guest is still on pve1.',
    });
  });

  it('is stopped at the task that moves it', async () => {
    pve.on('GET /nodes/pve1/tasks', { data: [{ upid: CHILD }] });
    pve.on(`DELETE /nodes/pve1/tasks/${CHILD}`, { data: null });
    serveTask(CHILD, 'failed-migration.log', 'migration aborted', 1);
    const { cluster, drive } = connect(pve);
    let aborting: Promise<void> | undefined;
    const following = cluster.migrator.follow(taskOf(HAMIGRATE), {
      onProgress: ({ line }) => {
        if (line?.startsWith('starting migration')) aborting = cluster.migrator.abort(taskOf(HAMIGRATE));
      },
    });
    expect((await drive(following)).result).toBe('aborted');
    await aborting;
    expect(pve.count(`DELETE /nodes/pve1/tasks/${CHILD}`)).toBe(1);
  });
});
