import { GIB } from '@ballast/core';
import {
  changeGuest,
  changeNode,
  demoWorld,
  type Simulator,
  type World,
  type WorldGuest,
} from '@ballast/pve-simulator';

const HA = { state: 'started', crm: 'started', maxRestart: 1, maxRelocate: 1, failback: true } as const;
const disks = (id: number): Pick<WorldGuest, 'localDisks'> => ({
  localDisks: [{ volume: `local-lvm:vm-${id}-disk-0`, size: 16 * GIB }],
});

/** What is wrong with each guest of the demo's cluster; nothing with those that are left out. */
const ILLS: Readonly<Record<number, (guest: WorldGuest) => Partial<WorldGuest>>> = {
  101: ({ id }) => disks(id),
  102: ({ id }) => disks(id),
  103: ({ id }) => disks(id),
  104: ({ id }) => disks(id),
  105: () => ({ localResources: ['hostpci0'] }),
  106: () => ({ cdrom: 'local-lvm:vm-106-cloudinit' }),
  107: () => ({ cdrom: 'local:iso/debian.iso', tags: ['ballast-pin_pve9'] }),
  108: () => ({ options: { cpu: 'host' } }),
  // Bound to its node by a rule of HA.
  109: () => ({ ha: HA }),
  110: () => ({ ha: { ...HA, crm: 'error' } }),
  111: () => ({ template: true, status: 'stopped' }),
  112: () => ({ kind: 'lxc', options: { mp0: '/srv/media,mp=/media' } }),
};

/** The demo's cluster with all that can be wrong with nodes and guests before anything happens. */
export function anIllCluster(): World {
  let world = demoWorld(1);
  for (const [id, ill] of Object.entries(ILLS)) {
    world = changeGuest(world, Number(id), (guest) => ({ ...guest, ...ill(guest) }));
  }
  world = changeNode(world, 'pve2', (node) => ({ ...node, version: '9.1.4', cpuModel: 'Intel Xeon Gold 6338' }));
  const nextSync = world.now + 900_000;
  const job = { id: '101-0', guest: 101, target: 'pve3', schedule: '*/15', disabled: false, nextSync, failCount: 0 };
  return {
    ...world,
    crs: { ha: 'dynamic', 'ha-auto-rebalance': 1 },
    rules: [{ rule: 'home', type: 'node-affinity', guests: [109], nodes: { pve3: 0 }, strict: true, disabled: false }],
    replications: [{ ...job, log: [] }],
  };
}

/** Lets it go wrong: an entry point, a clock, figures that stand still, a node under maintenance, a lock. */
export function letItFallIll(simulator: Simulator): void {
  simulator.fail({ kind: 'stats-stale', node: 'pve2' });
  simulator.advance(120_000);
  simulator.fail({ kind: 'entry-down', entry: 2 });
  simulator.fail({ kind: 'clock-skew', node: 'pve2', skew: 95_000 });
  simulator.fail({ kind: 'maintenance', node: 'pve3' });
  simulator.fail({ kind: 'guest-locked', guest: 108, lock: 'backup' });
}
