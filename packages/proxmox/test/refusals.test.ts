import type { ClusterSnapshot } from '@ballast/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ctRow, nodeRow, serveCluster, statusRows, vmRow } from './support/cluster.ts';
import { connect, failureOf } from './support/connected.ts';
import { type Reply, TestPve } from './support/pve.ts';

let pve: TestPve;
beforeEach(async () => {
  pve = serveCluster(await TestPve.start());
});
afterEach(() => pve.stop());

const observe = (): Promise<ClusterSnapshot> => connect(pve).cluster.source.observe();
const resources = (...rows: readonly unknown[]): void => {
  pve.on('GET /cluster/resources', { data: rows });
};
const everyNode = [nodeRow('pve1'), nodeRow('pve2'), nodeRow('pve3')];

describe('a snapshot is refused', () => {
  const refusals: readonly [what: string, prepare: () => void, code: string, message: string][] = [
    [
      'without quorum',
      () => pve.on('GET /cluster/status', { data: statusRows({ pve1: true, pve2: false, pve3: false }, 0) }),
      'snapshot-no-quorum',
      'Expected a cluster with quorum, got 1 of 3 nodes online and no majority.',
    ],
    [
      'when an online node has no row',
      () => resources(nodeRow('pve1'), nodeRow('pve2'), vmRow(100, 'pve1')),
      'snapshot-no-rights',
      'Expected every node in /cluster/resources, got 2 of them without pve3.',
    ],
    [
      'when a node has no figures for lack of rights',
      () =>
        resources({ id: 'node/pve1', type: 'node', node: 'pve1', status: 'online' }, nodeRow('pve2'), nodeRow('pve3')),
      'snapshot-no-rights',
      'Expected CPU and memory of node pve1, got a row without them.',
    ],
    [
      'when pvestatd of an online node is silent',
      () =>
        resources(nodeRow('pve1'), { id: 'node/pve2', type: 'node', node: 'pve2', status: 'unknown' }, nodeRow('pve3')),
      'snapshot-incomplete',
      'Expected figures of node pve2, which is online, got none.',
    ],
    [
      'when a node reports no memory in use',
      () => resources(nodeRow('pve1', { mem: 0, cpu: 0 }), nodeRow('pve2'), nodeRow('pve3'), vmRow(100, 'pve2')),
      'snapshot-incomplete',
      'Expected figures of node pve1 and its guests, got no memory in use.',
    ],
    [
      'when all guests of a node are unknown',
      () => resources(...everyNode, vmRow(100, 'pve1', { status: 'unknown' }), vmRow(101, 'pve2')),
      'snapshot-incomplete',
      'Expected figures of node pve1 and its guests, got guests in unknown states alone.',
    ],
    [
      'when there are no guests and no right to see any',
      () => {
        resources(...everyNode);
        pve.on('GET /access/permissions', { data: { '/': { 'Sys.Audit': 1 } } });
      },
      'snapshot-no-rights',
      'Expected token ballast@pve!operator to have VM.Audit on /vms, got no guests and no right to see any.',
    ],
    [
      'when the list of guests is not a list',
      () => pve.on('GET /cluster/resources', { data: 'x' }),
      'proxmox-answer-shape',
      'Expected the resources of the cluster as a list, got string.',
    ],
    [
      'when the rights do not reach the cluster',
      () => pve.on('GET /cluster/status', { status: 403, reason: 'Permission check failed (/, Sys.Audit)' }),
      'proxmox-forbidden',
      'Expected token ballast@pve!operator to have Sys.Audit on /, which GET /cluster/status needs, got 403 (Permission check failed (/, Sys.Audit)).',
    ],
  ];

  it.each(refusals)('%s', async (_what, prepare, code, message) => {
    prepare();
    const error = await failureOf(observe());
    expect({ code: error.code, message: error.message }).toEqual({ code, message });
    expect(error.hint).toMatch(/\.$/);
  });

  it('but not when an empty cluster may be seen', async () => {
    resources(...everyNode);
    pve.on('GET /access/permissions', { data: { '/vms': { 'VM.Audit': 1 } } });
    expect((await observe()).guests).toEqual([]);
  });

  it('when the figures of a node are older than the last look, and nobody looked since', async () => {
    const { cluster, clock } = connect(pve);
    const uptime = (pve1: number, pve2: number): void =>
      resources(
        nodeRow('pve1', { uptime: pve1 }),
        nodeRow('pve2', { uptime: pve2 }),
        nodeRow('pve3', { uptime: pve1 }),
        ctRow(102, 'pve3'),
      );
    uptime(1000, 2000);
    await cluster.source.observe();
    await clock.advance(300_000);
    uptime(1300, 2200);
    expect(await failureOf(cluster.source.observe())).toMatchObject({
      code: 'snapshot-stale',
      message: 'Expected figures of node pve2 from the last 60 s, got some that have not moved for 100 s.',
    });
    // Started anew, and seen to move.
    await clock.advance(300_000);
    uptime(1600, 190);
    expect(await failureOf(cluster.source.observe())).toMatchObject({ code: 'snapshot-stale' });
    await clock.advance(30_000);
    uptime(1630, 220);
    await cluster.source.observe();
  });

  it.each([
    ['it left with', 900_000],
    ['of an earlier start', 10],
  ])('when a node comes back with the figures %s, until they move', async (_what, before) => {
    const { cluster, clock } = connect(pve);
    const rows = (pve2: Readonly<Record<string, unknown>>, seconds: number): void =>
      resources(
        nodeRow('pve1', { uptime: 1000 + seconds }),
        { ...nodeRow('pve2', pve2), ...pve2 },
        nodeRow('pve3', { uptime: 1000 + seconds }),
        ctRow(102, 'pve3'),
      );
    for (const seconds of [0, 40, 80]) {
      rows({ status: 'offline', uptime: undefined }, seconds);
      await cluster.source.observe().catch(() => undefined);
      await clock.advance(40_000);
    }
    rows({ uptime: before }, 120);
    expect(await failureOf(cluster.source.observe())).toMatchObject({ code: 'snapshot-stale' });
    await clock.advance(10_000);
    rows({ uptime: before + 10 }, 130);
    await cluster.source.observe();
  });

  it('when the figures of a node stand still', async () => {
    const { cluster, clock } = connect(pve);
    const uptime = (seconds: number): void => {
      resources(
        nodeRow('pve1', { uptime: 864_000 + seconds }),
        nodeRow('pve2', { uptime: 864_000 }),
        nodeRow('pve3', { uptime: 5 + seconds }),
        ctRow(102, 'pve3'),
      );
    };
    for (const seconds of [0, 30, 60]) {
      uptime(seconds);
      await cluster.source.observe();
      await clock.advance(30_000);
    }
    uptime(90);
    expect(await failureOf(cluster.source.observe())).toMatchObject({
      code: 'snapshot-stale',
      message: 'Expected figures of node pve2 from the last 60 s, got some that have not moved for 90 s.',
    });
    // pvestatd is back: uptime moves, and so does the round.
    resources(...['pve1', 'pve2', 'pve3'].map((name) => nodeRow(name, { uptime: 900_000 })), ctRow(102, 'pve3'));
    await cluster.source.observe();
  });

  it('when the answers take too long', async () => {
    const { cluster, drive } = connect(pve, { maxAge: 100 });
    let failed = false;
    pve.on('GET /cluster/tasks', (): Reply => {
      if (failed) return { data: [] };
      failed = true;
      return { status: 596, reason: '' };
    });
    expect(await failureOf(drive(cluster.source.observe()))).toMatchObject({ code: 'snapshot-stale' });
  });

  it('and the requests beside the one that failed are ended', async () => {
    pve.on('GET /cluster/options', { status: 403, reason: 'no' });
    pve.on('GET /cluster/tasks', { write: () => undefined });
    const { cluster } = connect(pve);
    expect((await failureOf(cluster.source.observe())).code).toBe('proxmox-forbidden');
    while (cluster.pending > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});
