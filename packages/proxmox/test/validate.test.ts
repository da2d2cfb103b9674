import type { Migration } from '@ballast/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveCluster, statusRows } from './support/cluster.ts';
import { connect, failureOf } from './support/connected.ts';
import { container, PRECONDITIONS, step } from './support/migrations.ts';
import { type Reply, TestPve } from './support/pve.ts';

let pve: TestPve;
beforeEach(async () => {
  pve = serveCluster(await TestPve.start());
});
afterEach(() => pve.stop());

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

  it('lets nothing go to a node that has just gone into maintenance', async () => {
    pve.on(PRECONDITIONS, { data: ready });
    pve.on('GET /cluster/ha/status/manager_status', {
      data: { manager_status: { node_status: { pve2: 'maintenance' } }, lrm_status: {} },
    });
    expect(await validate()).toEqual([{ guest: 100, code: 'refused', detail: 'pve2 is in maintenance.' }]);
  });

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

  it('a quorum that was lost while another answer was awaited', async () => {
    pve.on(PRECONDITIONS, { data: ready });
    const { cluster } = connect(pve);
    let asked = 0;
    pve.on('GET /cluster/ha/status/manager_status', {
      write: (response) => {
        if (++asked > 1) return void response.writeHead(200).end('{"data":{}}');
        pve.on('GET /cluster/status', { data: statusRows({ pve1: true, pve2: true }, 0) });
        void failureOf(cluster.source.observe()).then(() => response.writeHead(200).end('{"data":{}}'));
      },
    });
    expect(await cluster.migrator.validate(step)).toEqual([
      { guest: 100, code: 'refused', detail: 'The cluster has no quorum.' },
    ]);
  });

  it('lets local disks go where that is allowed', async () => {
    pve.on(PRECONDITIONS, { data: { ...ready, local_disks: [{ volid: 'lvm:vm-100-disk-0', size: 1 }] } });
    expect(await validate(step, { migration: { localDisks: true } })).toEqual([]);
  });

  const disks = { ...ready, local_disks: [{ volid: 'local:vm-100-disk-0', size: 61 * 2 ** 30 }] };
  const FULL = 'Not to pve2: storage local has 60.0 GiB free there, and its disks need 61.0 GiB.';
  const JOB = { id: '100-0', guest: 100, target: 'pve2', type: 'local' };

  it.each([
    ['a storage that has filled meanwhile', {}, 'no-room', FULL],
    ['the storage that disks go to', { targetStorage: 'ceph' }, 'no-room', FULL.replace('local', 'ceph')],
    ['pairs of storages', { targetStorage: 'zfs:ceph,local:zfs' }, undefined, ''],
  ])('looks at %s, which Proxmox VE finds when disks are half copied', async (_what, migration, code, detail) => {
    pve.on(PRECONDITIONS, { data: disks });
    const blockers = code === undefined ? [] : [{ guest: 100, code, detail }];
    expect(await validate(step, { migration: { localDisks: true, ...migration } })).toEqual(blockers);
  });

  it('needs no room where a replica is', async () => {
    pve.on(PRECONDITIONS, { data: disks }).on('GET /cluster/replication', { data: [JOB] });
    pve.on('GET /nodes/pve1/replication', { data: [{ ...JOB, last_sync: 1_700_000_000, fail_count: 0 }] });
    expect(await validate(step, { migration: { localDisks: true } })).toEqual([]);
  });

  it.each([
    [
      'live',
      [{ guest: 100, code: 'refused', detail: 'Not to pve2: the guest is replicated to pve3, and not to there.' }],
    ],
    ['offline', []],
  ] as const)('keeps a replicated guest from other nodes: %s', async (mode, blockers) => {
    pve.on(PRECONDITIONS, { data: { ...ready, running: mode === 'live' ? 1 : 0 } });
    pve.on('GET /cluster/replication', { data: [{ ...JOB, target: 'pve3' }] });
    pve.on('GET /nodes/pve1/replication', { data: [] });
    expect(await validate({ ...step, mode })).toEqual(blockers);
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
