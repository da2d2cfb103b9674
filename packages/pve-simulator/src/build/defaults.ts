import type { Bytes, Cores, GuestId, Instant, NodeName } from '@ballast/core';
import { GIB, MIB } from '@ballast/core';
import { step } from '../world/step.ts';
import type { GuestActivity, NodeActivity, World, WorldGuest, WorldNode, WorldSettings } from '../world/world.ts';

/** Constants as Proxmox VE has them, where it has them. */
const DEFAULT_SETTINGS: WorldSettings = {
  broadcast: 10_000,
  demandGrid: 10_000,
  haRound: 10_000,
  migrationCores: 0.7,
  dirtyRatePerCore: 30 * MIB,
  prepareTime: 2500,
  finishTime: 1000,
  shutdownTime: 4000,
  bootTime: 3000,
  downtimeLimit: 100,
  patience: 6000,
  expiry: 300_000,
  taskLimit: 500,
};

/** 10 Gbit/s, less what protocols take. */
const BANDWIDTH = 1_100_000_000;
/** A world is run in for this long, so that its figures are published and a row of each database exists. */
const RUN_IN = 130_000;

const IDLE_NODE: NodeActivity = {
  asked: 0,
  granted: 0,
  memoryUsed: 0,
  cpuSome: 0,
  memorySome: 0,
  coreTime: 0,
  netIn: 0,
  netOut: 0,
};

const IDLE_GUEST: GuestActivity = {
  asked: 0,
  granted: 0,
  memoryUsed: 0,
  cpuSome: 0,
  coreTime: 0,
  netIn: 0,
  netOut: 0,
  diskRead: 0,
  diskWrite: 0,
};

/** Nodes as a builder names them; everything else has a default. */
export function buildNode(index: number, size: { cores: Cores; memory: Bytes }, now: Instant): WorldNode {
  return {
    name: nodeName(index),
    address: `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}`,
    online: true,
    maintenance: false,
    cores: size.cores,
    memory: size.memory,
    baseCores: size.cores * 0.02,
    baseMemory: Math.min(2 * GIB, size.memory / 16),
    bandwidth: BANDWIDTH,
    bootedAt: now - 40 * 86_400_000,
    activity: IDLE_NODE,
  };
}

/** `pve1`, `pve2`... */
export function nodeName(index: number): NodeName {
  return `pve${index + 1}`;
}

type Given = Pick<WorldGuest, 'id' | 'name' | 'node' | 'vcpus' | 'memory' | 'demand'> & Partial<WorldGuest>;

/** A running virtual machine on shared storage, but for what is given. */
export function buildGuest(given: Given, now: Instant): WorldGuest {
  return {
    kind: 'qemu',
    status: 'running',
    template: false,
    diskSize: 32 * GIB,
    tags: [],
    localDisks: [],
    localResources: [],
    agent: true,
    addresses: [addressOf(given.id)],
    memoryDemand: { kind: 'constant', ratio: 0.5 },
    trafficCores: 0,
    startedAt: now - 9 * 86_400_000,
    activity: IDLE_GUEST,
    ...given,
  };
}

function addressOf(id: GuestId): string {
  return `10.1.${Math.floor(id / 250) % 256}.${(id % 250) + 1}`;
}

type Start = Pick<World, 'now' | 'seed' | 'nodes' | 'guests'> & Partial<World>;

/** A world at `start.now`, run in for a little more than two minutes before it. */
export function buildWorld(start: Start): World {
  const { now } = start;
  const world: World = {
    cluster: 'ballast-lab',
    version: '9.2.11',
    quorate: true,
    settings: DEFAULT_SETTINGS,
    crs: { ha: 'static' },
    storages: [
      { storage: 'ceph', type: 'rbd', shared: true, content: 'images,rootdir', size: 40_000 * GIB, used: 11_000 * GIB },
      { storage: 'local', type: 'dir', shared: false, content: 'iso,vztmpl,backup', size: 200 * GIB, used: 40 * GIB },
      {
        storage: 'local-lvm',
        type: 'lvmthin',
        shared: false,
        content: 'images,rootdir',
        size: 900 * GIB,
        used: 90 * GIB,
      },
    ],
    pools: [],
    rules: [],
    groups: [],
    armed: 'armed',
    imbalancedRounds: 0,
    replications: [],
    backups: [],
    mappings: [],
    options: {},
    jobs: [],
    commands: [],
    migrations: [],
    tasks: [],
    serial: 1,
    failures: [],
    published: { nodes: {}, guests: {} },
    rrd: [],
    ...start,
  };
  return step({ ...world, now: now - RUN_IN }, RUN_IN);
}
