import { GIB, MIB, type MigrationProgress } from '@ballast/core';
import { T0 } from '@ballast/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveCluster, vmRow } from './support/cluster.ts';
import { connect, failureOf } from './support/connected.ts';
import { PRECONDITIONS, QMIGRATE, START, serveTask, taskOf, upid } from './support/migrations.ts';
import { TestPve } from './support/pve.ts';

let pve: TestPve;
beforeEach(async () => {
  pve = serveCluster(await TestPve.start());
});
afterEach(() => pve.stop());

describe('following', () => {
  it('a live migration from its first line to its outcome', async () => {
    serveTask(pve, QMIGRATE, 'live-migration.log', 'OK');
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
    serveTask(pve, QMIGRATE, 'live-migration.log', 'OK', 100);
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
    serveTask(pve, QMIGRATE, 'failed-migration.log', 'migration aborted', 100);
    expect(await connect(pve).cluster.migrator.follow(taskOf(QMIGRATE))).toEqual({
      result: 'failed',
      detail:
        "migration aborted: can't migrate local disk 'local:iso/debian.iso': local cdrom image. Take the image out of the drive, or keep it on shared storage.",
    });
  });

  it.each([
    ['pve2', 'done', /^migration problems: .* The guest is on pve2\. The log of the task says what was left undone/],
    ['pve1', 'failed', /^migration problems: .*\. The log of the task says/],
  ])('a migration with problems is judged by the place of the guest: %s', async (node, result, detail) => {
    serveTask(pve, QMIGRATE, 'problems.log', 'migration problems', 100);
    pve.on('GET /cluster/resources', { data: [vmRow(100, node)] });
    const outcome = await connect(pve).cluster.migrator.follow(taskOf(QMIGRATE));
    expect(outcome).toMatchObject({ result, detail: expect.stringMatching(detail) });
  });

  it('a migration with warnings is done', async () => {
    serveTask(pve, QMIGRATE, 'live-migration.log', 'WARNINGS: 1', 100);
    expect(await connect(pve).cluster.migrator.follow(taskOf(QMIGRATE))).toMatchObject({
      result: 'done',
      detail: 'WARNINGS: 1',
    });
  });

  it('through an outage of the cluster', async () => {
    serveTask(pve, QMIGRATE, 'live-migration.log', 'OK', 100);
    const { cluster, drive, clock } = connect(pve, { retries: 0 });
    const log = `GET /nodes/pve1/tasks/${QMIGRATE}/log`;
    let outages = 0;
    pve.on(log, () => (outages++ < 30 ? { status: 596, reason: '' } : { data: [{ n: 1, t: 'TASK OK' }] }));
    expect((await drive(cluster.migrator.follow(taskOf(QMIGRATE)))).result).toBe('done');
    expect(clock.now() - T0).toBeGreaterThanOrEqual(30_000);
  });

  it('through refusals: what fails on its own side is answered 500 by Proxmox VE', async () => {
    serveTask(pve, QMIGRATE, 'live-migration.log', 'OK', 100);
    const { cluster, drive } = connect(pve, { retries: 0 });
    const log = `GET /nodes/pve1/tasks/${QMIGRATE}/log`;
    let refusals = 0;
    pve.on(log, () =>
      refusals++ < 3 ? { status: 500, reason: 'internal error' } : { data: [{ n: 1, t: 'TASK OK' }] },
    );
    expect((await drive(cluster.migrator.follow(taskOf(QMIGRATE)))).result).toBe('done');
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
    serveTask(pve, QMIGRATE, 'failed-migration.log', 'migration aborted', 1);
    pve.on(`DELETE /nodes/pve1/tasks/${QMIGRATE}`, { data: null });
    const { cluster, drive } = connect(pve);
    const following = cluster.migrator.follow(taskOf(QMIGRATE));
    await cluster.migrator.abort(taskOf(QMIGRATE));
    expect((await drive(following)).result).toBe('aborted');
    expect(pve.count(`DELETE /nodes/pve1/tasks/${QMIGRATE}`)).toBe(1);
  });

  it('that comes too late leaves it done', async () => {
    serveTask(pve, QMIGRATE, 'live-migration.log', 'OK');
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
    serveTask(pve, CHILD, 'live-migration.log', 'OK');
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

  it('is waited for when Proxmox VE has forgotten the request: the manager may have it', async () => {
    let looks = 0;
    const gone = { status: 400, reason: 'Parameter verification failed.', errors: { upid: 'no such task' } };
    pve.on(`GET /nodes/pve1/tasks/${HAMIGRATE}/status`, gone).on(`GET /nodes/pve1/tasks/${HAMIGRATE}/log`, gone);
    pve.on('GET /nodes/pve1/tasks', () => ({ data: ++looks > 5 ? [{ upid: CHILD }] : [] }));
    serveTask(pve, CHILD, 'live-migration.log', 'OK');
    const { cluster, drive } = connect(pve);
    expect(await drive(cluster.migrator.follow(taskOf(HAMIGRATE)))).toMatchObject({ result: 'done', downtime: 54 });
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
    serveTask(pve, CHILD, 'failed-migration.log', 'migration aborted', 1);
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
