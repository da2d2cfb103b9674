import type { TestPve } from './pve.ts';

type Row = Readonly<Record<string, unknown>>;

/** A node row of /cluster/resources: 16 threads, 64 GiB, a quarter of both in use. */
export function nodeRow(node: string, fields: Row = {}): Row {
  return {
    id: `node/${node}`,
    type: 'node',
    node,
    status: 'online',
    maxcpu: 16,
    cpu: 0.25,
    maxmem: 68_719_476_736,
    mem: 17_179_869_184,
    uptime: 864_000,
    level: '',
    ...fields,
  };
}

/** A running virtual machine of 4 vCPUs, half busy. */
export function vmRow(vmid: number, node: string, fields: Row = {}): Row {
  return {
    id: `qemu/${vmid}`,
    type: 'qemu',
    vmid,
    node,
    name: `web-${vmid}`,
    status: 'running',
    template: 0,
    maxcpu: 4,
    cpu: 0.5,
    maxmem: 8_589_934_592,
    mem: 4_294_967_296,
    memhost: 5_368_709_120,
    uptime: 3600,
    ...fields,
  };
}

export function ctRow(vmid: number, node: string, fields: Row = {}): Row {
  const { memhost: _, ...row } = vmRow(vmid, node);
  return { ...row, id: `lxc/${vmid}`, type: 'lxc', name: `ct-${vmid}`, ...fields };
}

/** A storage of a node, with 60 of its 100 GiB free. */
export function storageRow(storage: string, node: string, fields: Row = {}): Row {
  return {
    id: `storage/${node}/${storage}`,
    type: 'storage',
    node,
    storage,
    shared: 0,
    status: 'available',
    maxdisk: 100 * 2 ** 30,
    disk: 40 * 2 ** 30,
    ...fields,
  };
}

export function statusRows(nodes: Readonly<Record<string, boolean>>, quorate: 0 | 1 = 1): readonly Row[] {
  const names = Object.entries(nodes);
  return [
    { type: 'cluster', id: 'cluster', name: 'shop', version: 3, nodes: names.length, quorate },
    ...names.map(([name, online], i) => ({
      type: 'node',
      id: `node/${name}`,
      name,
      nodeid: i + 1,
      ip: `192.0.2.${i + 1}`,
      online: online ? 1 : 0,
      local: i === 0 ? 1 : 0,
      level: '',
    })),
  ];
}

/** Lets `pve` answer for a cluster of three nodes with two machines and a container. */
export function serveCluster(pve: TestPve, version = '9.2.11'): TestPve {
  return pve
    .on('GET /version', { data: { version, release: version, repoid: 'abcdef' } })
    .on('GET /cluster/status', { data: statusRows({ pve1: true, pve2: true, pve3: true }) })
    .on('GET /cluster/resources', {
      data: [
        nodeRow('pve1'),
        nodeRow('pve2'),
        nodeRow('pve3'),
        vmRow(100, 'pve1'),
        vmRow(101, 'pve2'),
        ctRow(102, 'pve3'),
        ...['pve1', 'pve2', 'pve3'].flatMap((node) => [
          storageRow('ceph', node, { shared: 1 }),
          storageRow('local', node),
        ]),
        { id: '/pool/shop', type: 'pool', pool: 'shop' },
      ],
    })
    .on('GET /cluster/tasks', { data: [] })
    .on('GET /cluster/options', { data: { keyboard: 'de' } })
    .on('GET /cluster/ha/resources', { data: [] })
    .on('GET /cluster/ha/rules', { data: [] })
    .on('GET /cluster/ha/groups', { data: [] })
    .on('GET /cluster/ha/status/manager_status', { data: { manager_status: {}, lrm_status: {}, quorum: {} } })
    .on('GET /cluster/replication', { data: [] });
}
