import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  changeGuest,
  changeNode,
  demoWorld,
  type HaRule,
  type Simulator,
  startSimulator,
  type World,
} from '../../src/index.ts';
import { call } from '../support/client.ts';

const RULES: readonly HaRule[] = [
  { rule: 'apart', type: 'resource-affinity', affinity: 'negative', guests: [101, 105], disabled: false },
  {
    rule: 'home',
    type: 'node-affinity',
    guests: [103, 107],
    nodes: { pve1: 2, pve2: 0 },
    strict: true,
    disabled: true,
    comment: 'near the database',
  },
];

/** A shop with something of everything: containers, HA, rules, a lock, local disks, devices, maintenance. */
function richWorld(): World {
  const ha = { state: 'started', crm: 'started', maxRestart: 1, maxRelocate: 1, failback: true } as const;
  let world: World = { ...demoWorld(1), rules: RULES, crs: { ha: 'dynamic', 'ha-auto-rebalance': 1 } };
  for (const id of [101, 103, 105, 107]) world = changeGuest(world, id, (guest) => ({ ...guest, ha }));
  world = changeGuest(world, 102, (guest) => ({ ...guest, kind: 'lxc' }));
  world = changeGuest(world, 106, (guest) => ({ ...guest, lock: 'backup' }));
  world = changeGuest(world, 108, (guest) => ({
    ...guest,
    localDisks: [{ volume: 'local-lvm:vm-108-disk-0', size: 34_359_738_368 }],
    localResources: ['hostpci0'],
  }));
  world = changeNode(world, 'pve3', (node) => ({ ...node, maintenance: true }));
  return {
    ...world,
    storages: world.storages.map((s) => (s.storage === 'local-lvm' ? { ...s, nodes: ['pve1', 'pve2'] } : s)),
  };
}

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ strict: true, world: richWorld(), speed: 0 });
});
afterAll(() => simulator.stop());

/** What is golden: file and request. */
const GOLDEN: readonly (readonly [file: string, path: string])[] = [
  ['version', '/version'],
  ['cluster-status', '/cluster/status'],
  ['cluster-resources', '/cluster/resources'],
  ['cluster-resources-node', '/cluster/resources?type=node'],
  ['cluster-options', '/cluster/options'],
  ['ha-resources', '/cluster/ha/resources'],
  ['ha-rules', '/cluster/ha/rules'],
  ['ha-groups', '/cluster/ha/groups'],
  ['ha-status-current', '/cluster/ha/status/current'],
  ['ha-manager-status', '/cluster/ha/status/manager_status'],
  ['node-status', '/nodes/pve1/status'],
  ['node-rrddata', '/nodes/pve1/rrddata?timeframe=hour&cf=AVERAGE'],
  ['qemu-list', '/nodes/pve1/qemu'],
  ['lxc-list', '/nodes/pve1/lxc'],
  ['qemu-status', '/nodes/pve1/qemu/101/status/current'],
  ['qemu-config', '/nodes/pve2/qemu/108/config'],
  ['lxc-config', '/nodes/pve1/lxc/102/config'],
  ['qemu-rrddata', '/nodes/pve2/qemu/101/rrddata?timeframe=hour'],
  ['qemu-migrate', '/nodes/pve2/qemu/108/migrate'],
  ['qemu-migrate-ha', '/nodes/pve1/qemu/101/migrate'],
  ['qemu-migrate-locked', '/nodes/pve2/qemu/106/migrate'],
  ['lxc-migrate', '/nodes/pve1/lxc/102/migrate'],
  ['agent-interfaces', '/nodes/pve1/qemu/101/agent/network-get-interfaces'],
  ['lxc-interfaces', '/nodes/pve1/lxc/102/interfaces'],
  ['pools', '/pools'],
  ['pool', '/pools/shop'],
  ['access-permissions', '/access/permissions'],
  ['access-domains', '/access/domains'],
];

describe('answers', () => {
  it.each(GOLDEN)('%s', async (file, path) => {
    const { status, reason, headers, body } = await call(simulator, 'GET', path);
    const text = [
      `GET /api2/json${path}`,
      '',
      `${status} ${reason}`,
      `content-type: ${String(headers['content-type'])}`,
      '',
      JSON.stringify(JSON.parse(body), null, 2),
      '',
    ];
    await expect(text.join('\n')).toMatchFileSnapshot(`../golden/wire/${file}.txt`);
  });

  it('carry the headers of pveproxy', async () => {
    const { headers } = await call(simulator, 'GET', '/version');
    expect(headers).toMatchObject({
      server: 'pve-api-daemon/3.0',
      'cache-control': 'max-age=0',
      pragma: 'no-cache',
      connection: 'Keep-Alive',
      'content-type': 'application/json;charset=UTF-8',
    });
    expect(headers['expires']).toBe(headers['date']);
  });

  it('are packed only when they are long and the asker can unpack them', async () => {
    const headers = {
      authorization: 'PVEAPIToken=ballast@pve!operator=6a1c9e0e-2f43-4a5d-9d53-0f6b1c7e8a21',
      'accept-encoding': 'gzip, deflate',
    };
    expect((await call(simulator, 'GET', '/cluster/resources', { headers })).headers['content-encoding']).toBe('gzip');
    expect((await call(simulator, 'GET', '/version', { headers })).headers['content-encoding']).toBeUndefined();
    expect((await call(simulator, 'GET', '/cluster/resources')).headers['content-encoding']).toBeUndefined();
  });

  it('tells every node the same fingerprint that its certificate has', async () => {
    const { body } = await call(simulator, 'GET', '/nodes');
    const rows = (JSON.parse(body) as { data: { ssl_fingerprint: string }[] }).data;
    expect(rows.map((row) => row.ssl_fingerprint)).toEqual(Array(3).fill(simulator.fingerprint));
    expect(simulator.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  });
});
