import {
  type Assessment,
  type BalancePolicy,
  type Budgets,
  type ClusterSnapshot,
  GIB,
  type Guest,
  MIB,
  type Migration,
  type Node,
  type Service,
  type ServiceWeights,
  utilization,
  type WeightPolicy,
} from '@ballast/core';

/** Monday, 2026-01-05 00:00 UTC: the instant that builders use. */
export const T0: number = Date.UTC(2026, 0, 5);

/** An online node of 16 cores and 64 GiB; `cpu` and `memory` are ratios of them. */
export function aNode(name: string, load: { cpu?: number; memory?: number } = {}, fields: Partial<Node> = {}): Node {
  const capacity = fields.capacity ?? { cpu: 16, memory: 64 * GIB };
  return {
    name,
    status: 'online',
    maintenance: false,
    capacity,
    usage: { cpu: (load.cpu ?? 0.3) * capacity.cpu, memory: (load.memory ?? 0.3) * capacity.memory },
    ...fields,
  };
}

/** A running virtual machine of 4 vCPUs and 8 GiB; `cpu` in cores, `memory` in GiB. */
export function aGuest(
  id: number,
  node: string,
  load: { cpu?: number; memory?: number } = {},
  fields: Partial<Guest> = {},
): Guest {
  return {
    id,
    kind: 'qemu',
    name: `guest-${id}`,
    node,
    status: 'running',
    template: false,
    capacity: { cpu: 4, memory: 8 * GIB },
    usage: { cpu: load.cpu ?? 1, memory: (load.memory ?? 4) * GIB },
    uptime: 86_400_000,
    tags: [],
    ...fields,
  };
}

export function aSnapshot(fields: Partial<ClusterSnapshot> = {}): ClusterSnapshot {
  return {
    id: 'snapshot-1',
    takenAt: T0,
    cluster: 'test',
    quorate: true,
    nodes: [],
    guests: [],
    rules: [],
    tasks: [],
    nativeBalancer: { active: false, guests: [] },
    facts: {},
    ...fields,
  };
}

/** These nodes and guests as they stand: unsmoothed, no node over, nothing in the way of a guest. */
export function assessed(
  nodes: readonly Node[],
  guests: readonly Guest[],
  fields: Partial<ClusterSnapshot> = {},
): Assessment {
  return {
    snapshot: aSnapshot({ nodes, guests, ...fields }),
    nodes: nodes.map((node) => ({
      node,
      usage: node.usage,
      utilization: utilization(node.usage, node.capacity),
      class: 'appropriate',
      hot: [],
      roundsOver: 0,
      pressure: node.pressure?.cpuSome ?? 0,
    })),
    guests: guests.map((guest) => ({ guest, usage: guest.usage, blockers: [] })),
  };
}

export function aBalancePolicy(fields: Partial<BalancePolicy> = {}): BalancePolicy {
  return {
    cpu: { high: 0.8, target: 0.7, ceiling: 0.85 },
    memory: { high: 0.85, target: 0.75, ceiling: 0.9 },
    sustain: 3,
    low: 0.4,
    smoothing: 0.5,
    minGain: 0.02,
    maxSteps: 20,
    coolDown: 15 * 60_000,
    coolDownMax: 6 * 3_600_000,
    noReturn: 24 * 3_600_000,
    containers: false,
    localDisks: false,
    migrationBandwidth: 1000 * MIB,
    dirtyRatePerCore: 20 * MIB,
    ...fields,
  };
}

export function aWeightPolicy(fields: Partial<WeightPolicy> = {}): WeightPolicy {
  return {
    headroomExponent: 0.5,
    pressureExponent: 1,
    migrationFactor: 0.4,
    damping: 0.3,
    deadBand: 0.05,
    maxStep: 0.2,
    floor: 0.2,
    ...fields,
  };
}

export const someBudgets: Budgets = { concurrent: 2, concurrentPerNode: 1, perHour: 20 };

/** A weighted HTTP service whose members carry the tag `web`. */
export function aService(name = 'shop', fields: Partial<Service> = {}): Service {
  return {
    name,
    protocol: 'http',
    algorithm: 'weighted',
    routes: [],
    pool: { members: { tags: ['web'], pools: [], guests: [] }, port: 8080 },
    carriers: [],
    whileMigrating: 'reduce',
    trafficShare: 0,
    ...fields,
  };
}

/** Weights for the guests given, all ready. */
export function someWeights(service: string, weights: Readonly<Record<number, number>>): ServiceWeights {
  return {
    service,
    members: Object.entries(weights).map(([id, weight]) => ({
      member: { guest: Number(id), name: `guest-${id}`, port: 8080 },
      weight,
      state: 'ready',
      factors: { base: 1, headroom: weight, pressure: 1, migration: 1, wanted: weight },
    })),
  };
}

/** A live migration that relieves the CPU of its source. */
export function aMigration(guest: number, from: string, to: string, fields: Partial<Migration> = {}): Migration {
  return {
    guest,
    guestName: `guest-${guest}`,
    kind: 'qemu',
    from,
    to,
    mode: 'live',
    reason: 'relieve-cpu',
    why: [],
    gain: { resource: 'cpu', fromBefore: 0.9, fromAfter: 0.7, toBefore: 0.3, toAfter: 0.5 },
    cost: { bytes: 4 * GIB, duration: 10_000, downtime: 50 },
    ...fields,
  };
}
