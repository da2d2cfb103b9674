import { GIB } from '@ballast/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSize } from '../src/inspect/container-disks.ts';
import { ctRow, nodeRow, serveCluster, statusRows, storageRow, vmRow } from './support/cluster.ts';
import { type Connected, connect, failureOf } from './support/connected.ts';
import { TestPve } from './support/pve.ts';

let pve: TestPve;
beforeEach(async () => {
  pve = serveCluster(await TestPve.start());
  pve.on('GET /nodes/pve1/qemu/100/config', { data: { digest: 'd1', name: 'web-100' } });
  pve.on('GET /nodes/pve1/qemu/100/migrate', { data: { running: 1, local_disks: [], local_resources: [] } });
});
afterEach(() => pve.stop());

const CONFIG = 'GET /nodes/pve1/qemu/100/config';
const PRECONDITIONS = 'GET /nodes/pve1/qemu/100/migrate';

describe('facts of a virtual machine', () => {
  it('come from its configuration and its preconditions', async () => {
    pve.on(PRECONDITIONS, {
      data: {
        running: 1,
        allowed_nodes: ['pve2'],
        not_allowed_nodes: {
          pve2: {},
          pve3: {
            unavailable_storages: ['nvme'],
            'unavailable-resources': ['gpu'],
            'blocking-ha-resources': [{ sid: 'vm:101', cause: 'resource-affinity' }],
          },
        },
        local_disks: [
          { volid: 'local-lvm:vm-100-disk-0', size: 8 * GIB, cdrom: 0, is_unused: 0 },
          { volid: 'local:iso/debian.iso', size: GIB, cdrom: 1 },
        ],
        local_resources: ['hostpci0'],
        'mapped-resource-info': { hostpci1: { name: 'gpu' }, hostpci2: { name: 'nic', 'live-migration': 1 } },
        'has-dbus-vmstate': 1,
      },
    });
    expect(await connect(pve).cluster.source.inspect([100])).toEqual([
      {
        guest: 100,
        digest: 'd1',
        localDiskBytes: 8 * GIB,
        needs: { 'local-lvm': 8 * GIB },
        localResources: ['hostpci0', 'hostpci1:gpu', 'local:iso/debian.iso'],
        refusedNodes: {
          pve3: 'storage nvme is missing there; mapped devices gpu are missing there; the HA manager refuses it for vm:101 (resource-affinity)',
        },
      },
    ]);
  });

  it('forgive a missing storage where local disks are mapped to another', async () => {
    pve.on(PRECONDITIONS, { data: { running: 1, not_allowed_nodes: { pve3: { unavailable_storages: ['nvme'] } } } });
    const migration = { localDisks: true, targetStorage: 'ceph' };
    expect((await connect(pve, { migration }).cluster.source.inspect([100]))[0]?.refusedNodes).toEqual({});
  });

  const JOB = { id: '100-0', guest: 100, target: 'pve2', type: 'local' };
  const RUNS = 'GET /nodes/pve1/replication';

  it.each([
    ['that ran', { last_sync: 1_700_000_000, fail_count: 0 }, ['pve2']],
    ['that never ran', { last_sync: 0, fail_count: 0 }, undefined],
    ['that fails', { last_sync: 1_700_000_000, fail_count: 2, error: 'no route to host' }, undefined],
  ])('know the targets of its replication, and the replicas of one %s', async (_what, run, replicas) => {
    pve.on('GET /cluster/replication', { data: [JOB] }).on(RUNS, { data: [{ ...JOB, ...run }] });
    const { cluster } = connect(pve);
    await cluster.source.observe();
    const [facts] = await cluster.source.inspect([100]);
    expect(facts?.refusedNodes).toEqual({ pve3: 'the guest is replicated to pve2, and not to there' });
    expect(facts?.replicas).toEqual(replicas);
    // One of the next round brings it along.
    expect((await cluster.source.observe()).facts[100]).toEqual(facts);
  });

  it.each([
    ['may not be read', { status: 403, reason: 'Permission check failed (/vms/100, VM.Audit)' }],
    ['are on a node that hangs', { status: 596, reason: '' }],
  ])(
    'come without replication where its jobs %s: the request that starts a migration is refused all the same',
    async (_what, reply) => {
      pve.on('GET /cluster/replication', reply);
      const { cluster, drive } = connect(pve);
      expect((await drive(cluster.source.inspect([100])))[0]?.refusedNodes).toEqual({});
      await drive(cluster.source.inspect([100]));
      // Nobody asks in vain for every guest.
      expect(pve.count('GET /cluster/replication')).toBe(reply.status === 403 ? 1 : 3);
    },
  );

  it('follow jobs that are made and dropped while its configuration stays', async () => {
    const { cluster, clock } = connect(pve);
    const refused = async (): Promise<unknown> => (await cluster.source.inspect([100]))[0]?.refusedNodes;
    await cluster.source.observe();
    expect(await refused()).toEqual({});
    pve.on('GET /cluster/replication', { data: [JOB] }).on(RUNS, { data: [] });
    await clock.advance(30_000);
    expect(Object.keys((await refused()) as object)).toEqual(['pve3']);
    expect(pve.count(PRECONDITIONS)).toBe(1);
  });

  it('know where its disks have no room, as storages fill', async () => {
    const { cluster } = connect(pve, { migration: { localDisks: true } });
    const disks = (free: Readonly<Record<string, number>>): void => {
      const storages = Object.entries(free).map(([node, gib]) => storageRow('zfs', node, { disk: (100 - gib) * GIB }));
      const nodes = ['pve1', 'pve2', 'pve3'].map((node) => nodeRow(node));
      pve.on('GET /cluster/resources', { data: [...nodes, vmRow(100, 'pve1'), ctRow(102, 'pve3'), ...storages] });
    };
    pve.on(PRECONDITIONS, { data: { running: 1, local_disks: [{ volid: 'zfs:vm-100-disk-0', size: 8 * GIB }] } });
    disks({ pve1: 0, pve2: 7, pve3: 9 });
    await cluster.source.observe();
    const [facts] = await cluster.source.inspect([100]);
    expect(facts?.refusedNodes).toEqual({ pve2: 'storage zfs has 7.0 GiB free there, and its disks need 8.0 GiB' });
    disks({ pve1: 0, pve2: 50, pve3: 7.5 });
    expect((await cluster.source.observe()).facts[100]?.refusedNodes).toEqual({
      pve3: 'storage zfs has 7.5 GiB free there, and its disks need 8.0 GiB',
    });
  });

  it('are read again only when the digest changed, or after an hour', async () => {
    const { cluster, clock } = connect(pve);
    const counts = (): readonly number[] => [pve.count(CONFIG), pve.count(PRECONDITIONS)];
    await cluster.source.inspect([100]);
    expect(Object.keys((await cluster.source.observe()).facts)).toEqual(['100']);
    await cluster.source.inspect([100]);
    expect(counts()).toEqual([2, 1]);
    await clock.advance(11 * 60_000);
    // Nobody has looked at the digest for a while: snapshots no longer vouch for it.
    expect((await connectAgain()).facts).toEqual({});
    await cluster.source.inspect([100]);
    expect(counts()).toEqual([3, 1]);
    pve.on(CONFIG, { data: { digest: 'd2' } });
    expect((await cluster.source.inspect([100]))[0]?.digest).toBe('d2');
    expect(counts()).toEqual([4, 2]);
    await clock.advance(60 * 60_000);
    await cluster.source.inspect([100]);
    expect(counts()).toEqual([5, 3]);

    function connectAgain(): ReturnType<typeof cluster.source.observe> {
      pve.on('GET /cluster/resources', {
        data: ['pve1', 'pve2', 'pve3']
          .map((name) => nodeRow(name, { uptime: 999 }))
          .concat(vmRow(100, 'pve1'), ctRow(102, 'pve3')),
      });
      return cluster.source.observe();
    }
  });

  it('are forgotten when it moved', async () => {
    const { cluster } = connect(pve);
    await cluster.source.observe();
    await cluster.source.inspect([100]);
    pve.on('GET /cluster/resources', { data: [nodeRow('pve1'), nodeRow('pve2'), nodeRow('pve3'), vmRow(100, 'pve2')] });
    expect((await cluster.source.observe()).facts).toEqual({});
  });
});

describe('facts of a container', () => {
  beforeEach(() => {
    pve.on('GET /nodes/pve3/lxc/102/config', {
      data: {
        digest: 'c1',
        rootfs: 'local:102/vm-102-disk-0.raw,size=8G',
        mp0: 'ceph:vm-102-disk-1,mp=/data,size=100G',
        mp1: '/mnt/bulk,mp=/bulk',
        mp2: '/mnt/nfs,mp=/nfs,shared=1',
        dev0: '/dev/dri/card0',
      },
    });
    pve.on('GET /nodes/pve3/lxc/102/migrate', {
      data: {
        running: 1,
        'allowed-nodes': ['pve1'],
        'not-allowed-nodes': { pve2: { 'blocking-ha-resources': [{ sid: 'ct:105', cause: 'node-affinity' }] } },
      },
    });
  });

  it('come from its mount points: local volumes are copied, mounts and devices of the host bind it', async () => {
    const { cluster } = connect(pve);
    await cluster.source.observe();
    expect(await cluster.source.inspect([102])).toEqual([
      {
        guest: 102,
        digest: 'c1',
        localDiskBytes: 8 * GIB,
        needs: { local: 8 * GIB },
        localResources: ['mp1', 'dev0'],
        refusedNodes: { pve2: 'the HA manager refuses it for ct:105 (node-affinity)' },
      },
    ]);
  });

  it('are read without preconditions on Proxmox VE 8, which has none for containers', async () => {
    serveCluster(pve, '8.4.1');
    expect((await connect(pve).cluster.source.inspect([102]))[0]?.refusedNodes).toEqual({});
    expect(pve.count('GET /nodes/pve3/lxc/102/migrate')).toBe(0);
  });

  it.each([
    ['8G', 8 * GIB],
    ['1.5T', 1536 * GIB],
    ['512M', GIB / 2],
    ['4096', 4096],
    ['lots', 0],
    [undefined, 0],
  ])('reads the size %s', (size, bytes) => {
    expect(parseSize(size)).toBe(bytes);
  });
});

describe('guests that cannot be inspected', () => {
  it('have no facts when they are gone, and keep nobody else from having some', async () => {
    pve.on('GET /nodes/pve2/qemu/101/config', {
      status: 500,
      reason: "Configuration file 'nodes/pve2/qemu-server/101.conf' does not exist",
    });
    const facts = await connect(pve).cluster.source.inspect([101, 100, 999]);
    expect(facts.map((fact) => fact.guest)).toEqual([100]);
  });

  it.each([
    ['a lock', { status: 500, reason: 'VM is locked (backup)' }, 'The guest is locked: backup.'],
    [
      'a missing right',
      { status: 403, reason: 'Permission check failed (/vms/100, VM.Migrate)' },
      'Expected token ballast@pve!operator to have VM.Migrate on /vms/100, which GET /nodes/pve1/qemu/100/migrate needs, got 403 (Permission check failed (/vms/100, VM.Migrate)).',
    ],
  ])('say so of every node: %s', async (_what, reply, message) => {
    pve.on(PRECONDITIONS, reply);
    const { cluster } = connect(pve);
    await cluster.source.observe();
    const [facts] = await cluster.source.inspect([100]);
    expect(facts?.refusedNodes).toEqual({ pve1: message, pve2: message, pve3: message });
    // It may be over in a moment: nothing of it is kept.
    expect((await cluster.source.observe()).facts).toEqual({});
  });

  it('stop the round when it is not about them', async () => {
    pve.on(PRECONDITIONS, { status: 401, reason: 'Authentication failed!' });
    expect((await failureOf(connect(pve).cluster.source.inspect([100]))).code).toBe('proxmox-unauthorized');
  });
});

describe('addresses', () => {
  const AGENT = 'GET /nodes/pve1/qemu/100/agent/network-get-interfaces';
  const addresses = (): Promise<unknown> => connect(pve).cluster.source.addresses([100]);

  it('are those the agent tells, IPv4 first, without loopback, link-local and inner bridges', async () => {
    const ip = (address: string, type = 'ipv4'): unknown => ({
      'ip-address': address,
      'ip-address-type': type,
      prefix: 24,
    });
    pve.on(AGENT, {
      data: {
        result: [
          { name: 'lo', 'ip-addresses': [ip('127.0.0.1'), ip('::1', 'ipv6')] },
          { name: 'docker0', 'ip-addresses': [ip('172.17.0.1')] },
          { name: 'eth0', 'ip-addresses': [ip('2001:db8::5', 'ipv6'), ip('fe80::1', 'ipv6'), ip('10.0.0.5')] },
          { name: 'eth1' },
          { name: 'eth2', 'ip-addresses': [ip('169.254.1.1'), ip('10.1.0.5')] },
        ],
      },
    });
    expect(await addresses()).toEqual({ 100: ['10.0.0.5', '10.1.0.5', '2001:db8::5'] });
  });

  it('are those the configuration states when there is no agent', async () => {
    pve.on(AGENT, { status: 500, reason: 'No QEMU guest agent configured' });
    pve.on(CONFIG, {
      data: {
        digest: 'd',
        ipconfig10: 'ip=10.9.0.7/24',
        ipconfig0: 'ip=10.0.0.7/24,gw=10.0.0.1',
        ipconfig1: 'ip=dhcp,ip6=2001:db8::7/64',
      },
    });
    expect(await addresses()).toEqual({ 100: ['10.0.0.7', '10.9.0.7', '2001:db8::7'] });
  });

  it('are none for a guest that tells none, is gone or unknown', async () => {
    pve.on(AGENT, { status: 500, reason: 'QEMU guest agent is not running' });
    expect(await addresses()).toEqual({ 100: [] });
    pve.on(CONFIG, { status: 500, reason: "Configuration file 'nodes/pve1/qemu-server/100.conf' does not exist" });
    expect(await addresses()).toEqual({ 100: [] });
    expect(await connect(pve).cluster.source.addresses([4711])).toEqual({ 4711: [] });
  });

  it('tell, once, when a right is missing', async () => {
    pve.on(AGENT, { status: 403, reason: 'Permission check failed (/vms/100, VM.GuestAgent.Audit)' });
    const { cluster, warnings } = connect(pve);
    await cluster.source.addresses([100]);
    await cluster.source.addresses([100]);
    expect(warnings).toEqual([
      'The addresses of web-100 could not be read: Expected token ballast@pve!operator to have VM.GuestAgent.Audit on /vms/100, which GET /nodes/pve1/qemu/100/agent/network-get-interfaces needs, got 403 (Permission check failed (/vms/100, VM.GuestAgent.Audit)).',
    ]);
  });

  it.each([
    [
      'in the shape of Proxmox VE 9',
      { name: 'eth0', 'ip-addresses': [{ 'ip-address': '10.0.0.9', 'ip-address-type': 'inet' }] },
    ],
    ['in the shape of Proxmox VE 8', { name: 'eth0', hwaddr: 'aa', inet: '10.0.0.9/24' }],
  ])('of a container come from its interfaces, %s', async (_what, entry) => {
    pve.on('GET /nodes/pve3/lxc/102/interfaces', { data: [{ name: 'lo', inet: '127.0.0.1/8' }, entry] });
    expect(await connect(pve).cluster.source.addresses([102])).toEqual({ 102: ['10.0.0.9'] });
  });

  it('of a stopped container come from its configuration', async () => {
    pve.on('GET /nodes/pve3/lxc/102/interfaces', { data: null });
    pve.on('GET /nodes/pve3/lxc/102/config', { data: { net0: 'name=eth0,bridge=vmbr0,ip=10.0.0.8/24,gw=10.0.0.1' } });
    expect(await connect(pve).cluster.source.addresses([102])).toEqual({ 102: ['10.0.0.8'] });
  });
});

describe('the budget of a round', () => {
  const IDS = Array.from({ length: 30 }, (_, i) => 200 + i);
  const NODES = Array.from({ length: 10 }, (_, i) => `n${i + 1}`);
  let putOff: number[] = [];
  const limited = (requestsPerRound: number): Connected => {
    putOff = [];
    return connect(pve, { requestsPerRound, onPutOff: (guests) => putOff.push(guests) });
  };
  beforeEach(() => {
    pve.on('GET /cluster/status', { data: statusRows(Object.fromEntries(NODES.map((name) => [name, true]))) });
    const guests = IDS.map((id, i) => vmRow(id, NODES[i % 10] ?? ''));
    pve.on('GET /cluster/resources', { data: [...NODES.map((name) => nodeRow(name)), ...guests] });
    for (const [i, id] of IDS.entries()) {
      const place = `GET /nodes/${NODES[i % 10]}/qemu/${id}`;
      pve.on(`${place}/config`, { data: { digest: 'd' } }).on(`${place}/migrate`, { data: { running: 1 } });
    }
    for (const name of NODES) pve.on(`GET /nodes/${name}/rrddata`, { data: [{ pressurecpusome: 5 }] });
  });

  it('puts inspections off, and each round goes on where the one before ended', async () => {
    const { cluster, warnings } = limited(50);
    const rounds: number[] = [];
    let left: readonly number[] = IDS;
    while (left.length > 0) {
      const before = cluster.requests;
      await cluster.source.observe();
      const known = (await cluster.source.inspect(left)).map((facts) => facts.guest);
      expect(known).toEqual(left.slice(0, known.length));
      rounds.push(cluster.requests - before);
      left = left.slice(known.length);
      // What is put off is put off for this round, however often it is asked for.
      expect(await cluster.source.inspect(left)).toEqual([]);
    }
    expect(rounds.length).toBe(2);
    expect(Math.max(...rounds)).toBeLessThanOrEqual(51);
    expect(putOff[0]).toBeGreaterThan(0);
    expect(warnings).toEqual([
      `The 50 requests of a round (cluster.requestsPerRound) are used up: ${putOff[0]} guests are inspected in the next one.`,
    ]);
  });

  it('takes a snapshot all the same, and inspects one guest at least', async () => {
    const { cluster } = limited(1);
    expect((await cluster.source.observe()).guests).toHaveLength(30);
    expect(await cluster.source.inspect(IDS)).toHaveLength(1);
    expect(putOff).toEqual([29]);
  });

  it('reads the pressure of some nodes in each round, and of all of them in the end', async () => {
    const { cluster, clock } = limited(17);
    const counts: number[] = [];
    for (let round = 0; round < 3; round++) {
      const { nodes } = await cluster.source.observe();
      counts.push(nodes.filter((node) => node.pressure !== undefined).length);
      await clock.advance(10_000);
    }
    expect(counts).toEqual([5, 10, 10]);
  });

  it('has no bounds for one look', async () => {
    const { cluster } = connect(pve);
    await cluster.source.observe();
    expect(await cluster.source.inspect(IDS)).toHaveLength(30);
  });
});
