import { GIB } from '@ballast/core';

/** A cluster as the schema `bench-cluster/1` has it; sizes in bytes, `cpuUsed` in cores. */
export interface Cluster {
  readonly schema: 'bench-cluster/1';
  readonly name: string;
  readonly overhead: { readonly cpu: number; readonly mem: number };
  readonly nodes: readonly {
    readonly name: string;
    readonly cpu: number;
    readonly mem: number;
    readonly netMbps: number;
    readonly labels: Readonly<Record<string, string>>;
  }[];
  readonly guests: readonly ClusterGuest[];
}

export interface ClusterGuest {
  readonly id: number;
  readonly name: string;
  readonly type: 'vm' | 'ct';
  readonly vcpu: number;
  readonly memTotal: number;
  readonly memUsed: number;
  readonly cpuUsed: number;
  readonly dirtyMBps: number;
  readonly diskTotal: number;
  readonly storage: string;
  readonly affinity: readonly string[];
  readonly antiAffinity: readonly string[];
  /** By label: groups that belong in one rack, and groups of which no two may share one. */
  readonly affinityBy: Readonly<Record<string, readonly string[]>>;
  readonly antiAffinityBy: Readonly<Record<string, readonly string[]>>;
  readonly pin: readonly string[];
  readonly node: string;
}

export interface ClusterSize {
  readonly nodes: number;
  readonly guests: number;
  readonly seed: number;
  readonly rules: boolean;
  /** Nodes stand in three racks, and rules go by them. */
  readonly racks?: boolean;
}

const SIZES = [
  { cpu: 32, mem: 256 * GIB },
  { cpu: 64, mem: 512 * GIB },
  { cpu: 96, mem: 768 * GIB },
];

/**
 * A made-up cluster: guests from one core to sixteen, most of them small, on nodes filled unevenly but never beyond what
 * may be allocated; used by about half as a whole, some nodes far above. All rules hold.
 */
export function makeCluster({ nodes: count, guests: total, seed, rules, racks = false }: ClusterSize): Cluster {
  const random = generator(seed);
  const nodes = Array.from({ length: count }, (_, i) => {
    return {
      name: `n${String(i + 1).padStart(4, '0')}`,
      ...pick(SIZES, random),
      netMbps: 10_000,
      labels: racks ? { rack: `r${i % 3}` } : {},
    };
  });
  const shapes = Array.from({ length: total }, () => {
    const vcpu = pick([1, 1, 1, 2, 2, 2, 4, 4, 8, 16], random);
    return { vcpu, share: vcpu * (2 + 6 * random()) * GIB, busy: random() ** 2, used: 0.45 + 0.5 * random() };
  });
  const room = nodes.reduce((sum, node) => sum + node.mem, 0);
  const scale = (0.72 * room) / shapes.reduce((sum, shape) => sum + shape.share, 0);
  const slots = nodes.map((node) => ({ node, pull: 0.25 + random() * 1.5, allocated: 0 }));
  const placed = shapes.map((shape) => {
    for (let attempt = 0; ; attempt++) {
      const slot = pick(slots, random);
      const limit = attempt > 200 ? 0.999 : Math.min(0.96, slot.pull);
      if (attempt <= 5000 && slot.allocated + shape.share * scale > limit * slot.node.mem) continue;
      slot.allocated += shape.share * scale;
      return { ...shape, node: slot.node };
    }
  });
  const demand = shapes.reduce((sum, { vcpu, busy }) => sum + vcpu * busy, 0);
  const heat = (0.52 * nodes.reduce((sum, node) => sum + node.cpu, 0)) / demand;
  const guests = placed.map(({ vcpu, share, busy, used, node }, i) => {
    return {
      id: 100 + i,
      name: `vm${100 + i}`,
      type: random() < 0.15 ? ('ct' as const) : ('vm' as const),
      vcpu,
      memTotal: Math.round(share * scale),
      memUsed: Math.round(share * scale * used),
      cpuUsed: vcpu * busy * heat,
      dirtyMBps: 60 * random() ** 3,
      diskTotal: 32 * GIB,
      storage: rules && random() < 0.05 ? 'local' : 'ceph',
      affinity: [] as string[],
      antiAffinity: [] as string[],
      pin: [] as string[],
      affinityBy: {},
      antiAffinityBy: {},
      node: node.name,
    };
  });
  if (rules) addRules(guests, nodes, random);
  if (racks) addRackRules(guests, nodes, random);
  return {
    schema: 'bench-cluster/1',
    name: `${rules ? 'rules' : 'plain'}-${count}x${total}-s${seed}`,
    overhead: { cpu: 0.2, mem: 2 * GIB },
    nodes,
    guests: capped(guests, nodes),
  };
}

type Draft = Omit<ClusterGuest, 'affinity' | 'antiAffinity' | 'affinityBy' | 'antiAffinityBy' | 'pin'> & {
  readonly affinityBy: Record<string, string[]>;
  readonly antiAffinityBy: Record<string, string[]>;
  readonly affinity: string[];
  readonly antiAffinity: string[];
  readonly pin: string[];
};

/** One guest in forty is pinned to a few nodes, one in eight apart from others, one in twenty with a neighbour. */
function addRules(guests: readonly Draft[], nodes: Cluster['nodes'], random: () => number): void {
  const neighbours = new Map<string, Draft[]>();
  for (const guest of guests) neighbours.set(guest.node, [...(neighbours.get(guest.node) ?? []), guest]);
  for (let i = 0; i < guests.length / 40; i++) {
    const guest = pick(guests, random);
    if (guest.pin.length === 0) guest.pin.push(guest.node, pick(nodes, random).name, pick(nodes, random).name);
  }
  for (let i = 0; i < guests.length / 32; i++) {
    const members: Draft[] = [];
    for (let k = 0; k < 4; k++) {
      const guest = pick(guests, random);
      if (members.every((other) => other.node !== guest.node)) members.push(guest);
    }
    if (members.length > 1) for (const member of members) member.antiAffinity.push(`apart${i}`);
  }
  for (let i = 0; i < guests.length / 40; i++) {
    const guest = pick(guests, random);
    const other = pick(neighbours.get(guest.node) ?? [guest], random);
    const free = [guest, other].every((one) => one.affinity.length === 0);
    if (other !== guest && free) for (const one of [guest, other]) one.affinity.push(`with${i}`);
  }
}

/** Of pairs picked at random those of one rack stay in one rack, and all others apart. */
function addRackRules(guests: readonly Draft[], nodes: Cluster['nodes'], random: () => number): void {
  const racks = new Map(nodes.map((node) => [node.name, node.labels['rack']]));
  for (let i = 0; i < guests.length / 20; i++) {
    const pair = [pick(guests, random), pick(guests, random)] as const;
    if (pair[0] === pair[1]) continue;
    const near = racks.get(pair[0].node) === racks.get(pair[1].node);
    for (const guest of pair) {
      const rules = near ? guest.affinityBy : guest.antiAffinityBy;
      rules['rack'] = [...(rules['rack'] ?? []), `pair${i}`];
    }
  }
}

/** CPU that a node does not have is not used: no node stands above 98 %. */
function capped(guests: readonly Draft[], nodes: Cluster['nodes']): readonly ClusterGuest[] {
  const used = new Map<string, number>();
  for (const { node, cpuUsed } of guests) used.set(node, (used.get(node) ?? 0.2) + cpuUsed);
  const factor = new Map(nodes.map(({ name, cpu }) => [name, Math.min(1, (0.98 * cpu) / (used.get(name) ?? 1))]));
  return guests.map((guest) => ({ ...guest, cpuUsed: guest.cpuUsed * (factor.get(guest.node) ?? 1) }));
}

function pick<T>(items: readonly T[], random: () => number): T {
  const item = items.at(Math.floor(random() * items.length));
  if (item === undefined) throw new Error('Expected something to pick from.');
  return item;
}

/** Mulberry32, written out here: the checks share no code with what they check. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
