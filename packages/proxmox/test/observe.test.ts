import { type ClusterSnapshot, GIB } from '@ballast/core';
import { T0 } from '@ballast/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeRow, serveCluster, statusRows, storageRow, vmRow } from './support/cluster.ts';
import { connect } from './support/connected.ts';
import { TestPve } from './support/pve.ts';

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

describe('a snapshot', () => {
  it('holds nodes and guests in the units of core', async () => {
    const snapshot = await observe();
    expect(snapshot).toMatchObject({ takenAt: T0, cluster: 'test', quorate: true, rules: [], tasks: [], facts: {} });
    expect(snapshot.nodes[0]).toEqual({
      name: 'pve1',
      status: 'online',
      maintenance: false,
      capacity: { cpu: 16, memory: 64 * GIB },
      usage: { cpu: 4, memory: 16 * GIB },
    });
    // A guest's cpu is a fraction of its own vCPUs: half of four are two cores. Its memory is what the host sees.
    expect(snapshot.guests[0]).toEqual({
      id: 100,
      kind: 'qemu',
      name: 'web-100',
      node: 'pve1',
      status: 'running',
      template: false,
      capacity: { cpu: 4, memory: 8 * GIB },
      usage: { cpu: 2, memory: 5 * GIB },
      uptime: 3_600_000,
      tags: [],
    });
    expect(snapshot.guests[2]).toMatchObject({ id: 102, kind: 'lxc', usage: { cpu: 2, memory: 4 * GIB } });
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
  });

  it.each([
    [
      'numbers as strings',
      { maxcpu: '4', cpu: '0.5', uptime: '3600' },
      { usage: { cpu: 2, memory: 5 * GIB }, uptime: 3_600_000 },
    ],
    [
      'tags, pool and lock',
      { tags: 'web;prod', pool: 'shop', lock: 'backup' },
      { tags: ['web', 'prod'], pool: 'shop', lock: 'backup' },
    ],
    ['a template', { template: 1, status: 'stopped' }, { template: true, status: 'stopped' }],
    [
      'a paused machine holds its memory',
      { status: 'prelaunch', cpu: 0 },
      { status: 'paused', usage: { cpu: 0, memory: 5 * GIB } },
    ],
    ['a stopped machine uses nothing', { status: 'stopped' }, { status: 'stopped', usage: { cpu: 0, memory: 0 } }],
    ['the view of Proxmox VE 8', { memhost: undefined }, { usage: { cpu: 2, memory: 4 * GIB } }],
    ['what crossed its network', { netin: 5, netout: '7' }, { carried: { received: 5, sent: 7 } }],
    ['an HA state', { hastate: 'started' }, { haState: 'started' }],
    [
      'a guest that was just made',
      { name: undefined, status: 'unknown', maxcpu: undefined, maxmem: undefined },
      { name: 'VM 100', status: 'unknown', capacity: { cpu: 0, memory: 0 }, usage: { cpu: 0, memory: 0 } },
    ],
  ])('reads %s', async (_what, fields, expected) => {
    resources(...everyNode, vmRow(100, 'pve1', fields), vmRow(109, 'pve1'));
    expect((await observe()).guests[0]).toMatchObject(expected);
  });

  it('gives nodes their labels, and tells of labels of nodes that are not there, once', async () => {
    const labels = { pve1: { rack: 'a' }, pve11: { rack: 'b' } };
    const { cluster, warnings } = connect(pve, { labels });
    const [one, two] = (await cluster.source.observe()).nodes;
    expect([one?.labels, two?.labels]).toEqual([{ rack: 'a' }, undefined]);
    await cluster.source.observe();
    expect(warnings).toEqual([
      'Expected labels of nodes of the cluster, got some of pve11, which it has not. Did you mean pve1?',
    ]);
  });

  it.each([
    [true, { local: 60 * GIB }],
    [false, undefined],
  ])('tells what is free on the storages of each node, where disks are copied along: %s', async (localDisks, free) => {
    const shared = storageRow('ceph', 'pve1', { shared: 1 });
    const silent = storageRow('usb', 'pve1', { status: 'unknown' });
    resources(...everyNode, vmRow(100, 'pve1'), storageRow('local', 'pve1'), shared, silent);
    const { nodes } = await connect(pve, { migration: { localDisks } }).cluster.source.observe();
    expect(nodes[0]?.free).toEqual(free);
  });

  it('leaves out HA resources that the HA manager ignores', async () => {
    resources(...everyNode, vmRow(100, 'pve1', { hastate: 'ignored' }));
    expect((await observe()).guests[0]?.haState).toBeUndefined();
  });

  it('takes an offline node as such, and trusts nothing of its guests', async () => {
    pve.on('GET /cluster/status', { data: statusRows({ pve1: true, pve2: true, pve3: false }) });
    // What pmxcfs still shows for minutes after the node is gone.
    resources(nodeRow('pve1'), nodeRow('pve2'), nodeRow('pve3', { status: 'offline' }), vmRow(100, 'pve3'));
    const { nodes, guests } = await observe();
    expect(nodes[2]).toMatchObject({ name: 'pve3', status: 'offline', usage: { cpu: 0, memory: 0 } });
    expect(guests[0]).toMatchObject({ status: 'unknown', usage: { cpu: 0, memory: 0 } });
  });

  it('knows a node in maintenance by either of the two places that tell', async () => {
    resources(nodeRow('pve1', { hastate: 'maintenance' }), nodeRow('pve2'), nodeRow('pve3'), vmRow(100, 'pve1'));
    pve.on('GET /cluster/ha/status/manager_status', {
      data: {
        manager_status: { node_status: { pve1: 'online', pve2: 'maintenance' } },
        lrm_status: { pve3: { mode: 'maintenance' } },
      },
    });
    expect((await observe()).nodes.map((node) => node.maintenance)).toEqual([true, true, true]);
  });

  it('names the tasks that run', async () => {
    const upid = 'UPID:pve1:0000A1B2:000C3D4E:68000000:vzdump:100:root@pam:';
    pve.on('GET /cluster/tasks', {
      data: [
        { upid, node: 'pve1', type: 'vzdump', id: '100', user: 'root@pam', starttime: 1_744_830_464, saved: 0 },
        {
          upid: 'UPID:x',
          node: 'pve1',
          type: 'qmigrate',
          id: '101',
          starttime: 1,
          endtime: '2',
          status: 'OK',
          saved: '1',
        },
        { upid: 'UPID:y', node: 'pve2', type: 'srvreload', id: 'networking', starttime: '3', saved: 0 },
      ],
    });
    expect((await observe()).tasks).toEqual([
      { id: upid, node: 'pve1', type: 'vzdump', guest: 100, startedAt: 1_744_830_464_000 },
      { id: 'UPID:y', node: 'pve2', type: 'srvreload', startedAt: 3000 },
    ]);
  });

  it.each([
    ['an object', { ha: 'dynamic', 'ha-auto-rebalance': 1 }],
    ['a property string', 'ha=dynamic,ha-auto-rebalance=1'],
  ])('leaves guests to the native balancer when `crs` says so as %s', async (_what, crs) => {
    pve.on('GET /cluster/options', { data: { crs } });
    pve.on('GET /cluster/ha/resources', {
      data: [
        { sid: 'vm:100', type: 'vm', state: 'started' },
        { sid: 'vm:101', type: 'vm', state: 'started', 'auto-rebalance': 0 },
        { sid: 'ct:102', type: 'ct', state: 'ignored' },
      ],
    });
    expect((await observe()).nativeBalancer).toEqual({ active: true, guests: [100] });
  });

  it('counts the native balancer as off where nothing is set', async () => {
    pve.on('GET /cluster/options', { data: { crs: { ha: 'static', 'ha-rebalance-on-start': 1 } } });
    expect((await observe()).nativeBalancer).toEqual({ active: false, guests: [] });
  });

  it('reads rules from tags and from the HA manager, and warns of tags it cannot read, once', async () => {
    resources(
      ...everyNode,
      vmRow(100, 'pve1', { tags: 'ballast-pin_pve1;ballast-anti-affinity_db' }),
      vmRow(101, 'pve2', { tags: 'ballast-anti-affinity_db;ballast-glue_x' }),
    );
    pve.on('GET /cluster/ha/rules', {
      data: [
        { rule: 'together', type: 'resource-affinity', resources: 'vm:100,vm:101', affinity: 'positive', order: 1 },
      ],
    });
    const { cluster, warnings } = connect(pve);
    await cluster.source.observe();
    expect((await cluster.source.observe()).rules).toEqual([
      { kind: 'affinity', source: { kind: 'ha', name: 'together' }, guests: [100, 101] },
      { kind: 'pin', source: { kind: 'tag', name: 'ballast-pin_pve1' }, guests: [100], nodes: ['pve1'] },
      { kind: 'anti-affinity', source: { kind: 'tag', name: 'ballast-anti-affinity_db' }, guests: [100, 101] },
    ]);
    expect(warnings).toEqual([
      'Expected the tag ballast-glue_x of web-101 to be ballast-pin_NODE, ballast-affinity_GROUP, ballast-anti-affinity_GROUP or ballast-ignore; it is passed over.',
    ]);
  });

  it('reads HA groups on Proxmox VE 8, and asks for no rules there', async () => {
    serveCluster(pve, '8.4.1');
    pve.on('GET /cluster/ha/resources', { data: [{ sid: 'vm:100', type: 'vm', state: 'started', group: 'ssd' }] });
    pve.on('GET /cluster/ha/groups', {
      data: [{ group: 'ssd', nodes: 'pve1:2,pve2:1', restricted: 1, type: 'group' }],
    });
    expect((await observe()).rules).toEqual([
      { kind: 'pin', source: { kind: 'ha', name: 'ssd' }, guests: [100], nodes: ['pve1'] },
    ]);
    expect(pve.count('GET /cluster/ha/rules')).toBe(0);
    expect(pve.seen.filter(({ path }) => path.endsWith('/rrddata'))).toEqual([]);
  });

  it('reads pressure once a minute, and does without it where it cannot be had', async () => {
    const rrd = (time: number, some: number | undefined): unknown => ({
      time,
      pressurecpusome: some,
      pressurememorysome: '1.5',
      pressurememoryfull: 1,
      pressureiosome: 4,
      pressureiofull: 3,
    });
    pve.on('GET /nodes/pve1/rrddata', { data: [rrd(60, 10), rrd(120, 42.5), { time: 180 }] });
    pve.on('GET /nodes/pve2/rrddata', { status: 596, reason: 'Connection timed out' });
    const { cluster, clock } = connect(pve);
    const { nodes } = await cluster.source.observe();
    expect(nodes.map((node) => node.pressure)).toEqual([
      { cpuSome: 0.425, memorySome: 0.015, memoryFull: 0.01, ioSome: 0.04, ioFull: 0.03 },
      undefined,
      undefined,
    ]);
    expect(pve.last('GET /nodes/pve1/rrddata').query).toEqual({ timeframe: 'hour', cf: 'AVERAGE' });
    await clock.advance(30_000);
    await cluster.source.observe();
    expect(pve.count('GET /nodes/pve1/rrddata')).toBe(1);
    await clock.advance(30_000);
    await cluster.source.observe();
    expect(pve.count('GET /nodes/pve1/rrddata')).toBe(2);
    // Asked without repetition: a node that hangs must not hold a round up.
    expect(pve.count('GET /nodes/pve2/rrddata')).toBe(2);
  });

  it('of 50 nodes and 2000 guests takes at most 60 requests', async () => {
    const names = Array.from({ length: 50 }, (_, i) => `pve${i + 1}`);
    pve.on('GET /cluster/status', { data: statusRows(Object.fromEntries(names.map((name) => [name, true]))) });
    resources(
      ...names.map((name) => nodeRow(name)),
      ...Array.from({ length: 2000 }, (_, i) => vmRow(100 + i, names[i % 50] ?? '')),
    );
    for (const name of names) pve.on(`GET /nodes/${name}/rrddata`, { data: [] });
    const warned: Error[] = [];
    const listen = (warning: Error): void => void warned.push(warning);
    process.on('warning', listen);
    const { cluster } = connect(pve);
    const snapshot = await cluster.source.observe({ signal: new AbortController().signal });
    process.off('warning', listen);
    expect([snapshot.nodes.length, snapshot.guests.length]).toEqual([50, 2000]);
    expect(cluster.requests).toBeLessThanOrEqual(60);
    expect(cluster.requests).toBe(pve.seen.length);
    // Node warns of more than ten listeners on one signal.
    expect(warned).toEqual([]);
  });
});
