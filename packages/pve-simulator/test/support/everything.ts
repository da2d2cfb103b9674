import { changeGuest, demoWorld, type HaRule, type World } from '../../src/index.ts';
import { startTask } from '../../src/world/task.ts';

const RULES: readonly HaRule[] = [
  { rule: 'apart', type: 'resource-affinity', affinity: 'negative', guests: [103, 107], disabled: false },
  { rule: 'home', type: 'node-affinity', guests: [104], nodes: { pve1: 2, pve2: 0 }, strict: false, disabled: false },
];

/** A shop with one of everything that a path can name: see {@link IN_PATHS}. */
export function worldOfEverything(): World {
  const ha = { state: 'started', crm: 'started', maxRestart: 1, maxRelocate: 1, failback: true } as const;
  let world: World = demoWorld(1);
  for (const id of [103, 104, 107]) world = changeGuest(world, id, (guest) => ({ ...guest, ha }));
  world = changeGuest(world, 102, (guest) => ({ ...guest, kind: 'lxc' }));
  for (const id of [101, 102]) {
    const snapshot = { name: 'before', at: world.now, description: 'an update', vmstate: false, config: { cores: 8 } };
    world = changeGuest(world, id, (guest) => ({ ...guest, snapshots: [snapshot] }));
  }
  const disk = { volume: 'local-lvm:vm-105-disk-0', size: 8_589_934_592 };
  world = changeGuest(world, 105, (guest) => ({ ...guest, localDisks: [disk] }));
  world = changeGuest(world, 108, (guest) => ({ ...guest, node: 'pve1', status: 'stopped' }));
  world = changeGuest(world, 111, (guest) => ({ ...guest, node: 'pve1', status: 'stopped', kind: 'lxc' }));
  const started = startTask(world, { node: 'pve1', type: 'vzdump', id: '101', user: 'root@pam' });
  const nextSync = world.now + 900_000;
  return {
    ...started.world,
    rules: RULES,
    replications: [
      {
        id: '105-0',
        guest: 105,
        target: 'pve3',
        schedule: '*/15',
        disabled: false,
        nextSync,
        failCount: 0,
        log: ['replicated'],
      },
    ],
    backups: [{ id: 'backup-1', schedule: '02:00', storage: 'local', enabled: true, guests: [101] }],
    mappings: [
      { kind: 'pci', id: 'gpu', description: 'a card', map: ['node=pve1,path=0000:01:00.0,id=10de:1eb8'] },
      { kind: 'usb', id: 'stick', description: '', map: ['node=pve1,path=1-2,id=0781:5581'] },
    ],
    pools: [...world.pools, { id: 'empty' }],
  };
}

/** A value for each variable of a path. */
export function inPath(world: World, name: string): Readonly<Record<string, string>> {
  const stopped = name.endsWith('/status/start');
  const device = name.includes('/usb/') ? 'stick' : 'gpu';
  const job = name.includes('/backup/') ? 'backup-1' : name.includes('/mapping/') ? device : '105-0';
  return {
    node: name.includes('/replication/') ? 'pve2' : 'pve1',
    vmid: name.includes('/lxc/') ? (stopped ? '111' : '102') : stopped ? '108' : '101',
    upid: world.tasks.at(-1)?.upid ?? '',
    sid: 'vm:103',
    rule: 'apart',
    group: 'old',
    poolid: name.startsWith('DELETE') ? 'empty' : 'shop',
    storage: 'ceph',
    snapname: 'before',
    userid: 'root@pam',
    tokenid: 'all',
    id: job,
  };
}

type Form = Readonly<Record<string, string | number>>;

/** Parameters with which a method does its work; nothing where it needs none. */
export const PARAMS: Readonly<Record<string, Form>> = {
  'POST /access/ticket': { username: 'root@pam', password: 'ballast-simulator' },
  'PUT /cluster/options': { crs: 'ha=dynamic,ha-auto-rebalance=1', migration: 'type=insecure,network=10.0.0.0/8' },
  'POST /pools': { poolid: 'new', comment: 'of today' },
  'PUT /pools': { poolid: 'empty', comment: 'still' },
  'DELETE /pools': { poolid: 'empty' },
  'PUT /pools/{poolid}': { vms: '101', delete: 1 },
  'POST /cluster/replication': { id: '105-1', target: 'pve1', type: 'local' },
  'PUT /cluster/replication/{id}': { schedule: '*/5', comment: 'often' },
  'POST /cluster/ha/resources': { sid: 'vm:101', state: 'started' },
  'PUT /cluster/ha/resources/{sid}': { max_restart: 3 },
  'POST /cluster/ha/resources/{sid}/migrate': { node: 'pve3' },
  'POST /cluster/ha/resources/{sid}/relocate': { node: 'pve3' },
  'POST /cluster/ha/rules': {
    rule: 'together',
    type: 'resource-affinity',
    affinity: 'positive',
    resources: 'vm:103,vm:104',
  },
  'PUT /cluster/ha/rules/{rule}': { type: 'resource-affinity', disable: 1 },
  'POST /cluster/ha/status/disarm-ha': { 'resource-mode': 'freeze' },
  'POST /cluster/bulk-action/guest/migrate': { target: 'pve2', vms: 101 },
  'POST /cluster/bulk-action/guest/start': { vms: 101 },
  'POST /cluster/bulk-action/guest/shutdown': { vms: 101 },
  'POST /nodes/{node}/migrateall': { target: 'pve2' },
  'PUT /nodes/{node}/qemu/{vmid}/config': { description: 'the first', cores: 4 },
  'POST /nodes/{node}/qemu/{vmid}/config': { description: 'the first' },
  'PUT /nodes/{node}/lxc/{vmid}/config': { description: 'the second' },
  'POST /nodes/{node}/qemu/{vmid}/migrate': { target: 'pve2', online: 1 },
  'POST /nodes/{node}/lxc/{vmid}/migrate': { target: 'pve2', restart: 1 },
  'POST /nodes/{node}/qemu/{vmid}/dbus-vmstate': { action: 'start' },
  'POST /nodes/{node}/qemu/{vmid}/snapshot': { snapname: 'now' },
  'POST /nodes/{node}/lxc/{vmid}/snapshot': { snapname: 'now' },
  'PUT /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config': { description: 'why' },
  'PUT /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config': { description: 'why' },
  'GET /nodes/{node}/rrddata': { timeframe: 'hour' },
  'GET /nodes/{node}/qemu/{vmid}/rrddata': { timeframe: 'hour' },
  'GET /nodes/{node}/lxc/{vmid}/rrddata': { timeframe: 'hour' },
  'GET /nodes/{node}/storage/{storage}/rrddata': { timeframe: 'hour' },
  'GET /nodes/{node}/qemu/{vmid}/feature': { feature: 'snapshot' },
  'GET /nodes/{node}/lxc/{vmid}/feature': { feature: 'snapshot' },
};
