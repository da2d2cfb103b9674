import { DEFAULTS } from '@ballast/config';
import { type ClusterSnapshot, EMPTY_HISTORY, type Guest, type GuestFacts, type Rule } from '@ballast/core';
import type { Recorded } from './recorded.ts';
import type { BenchCluster } from './schemas.ts';

const MEGA = 1e6;
const BITS_PER_BYTE = 8;

type BenchGuest = BenchCluster['guests'][number];

/**
 * A cluster of `bench-cluster/1` as Ballast sees clusters. A guest whose `storage` is `local` has its disks there;
 * containers may move, as their places in such a file are meant to be changed; a migration gets the bandwidth of
 * the slowest node's network.
 */
export function fromBenchCluster(cluster: BenchCluster): Recorded {
  const rates = cluster.nodes.flatMap((node) => node.netMbps ?? []);
  const { balance } = DEFAULTS;
  const slowest = rates.reduce((least, rate) => Math.min(least, rate), Number.POSITIVE_INFINITY);
  const bandwidth = rates.length === 0 ? balance.migrationBandwidth : (slowest * MEGA) / BITS_PER_BYTE;
  return {
    snapshot: snapshotOf(cluster),
    rules: rulesOf(cluster),
    history: EMPTY_HISTORY,
    balance: { ...balance, containers: true, migrationBandwidth: bandwidth },
  };
}

function snapshotOf({ name, overhead, nodes, guests }: BenchCluster): ClusterSnapshot {
  const used = new Map(nodes.map((node) => [node.name, { cpu: overhead.cpu, memory: overhead.mem }]));
  for (const guest of guests) {
    const node = used.get(guest.node);
    if (node === undefined) continue;
    node.cpu += guest.cpuUsed;
    node.memory += guest.memUsed;
  }
  return {
    id: name,
    takenAt: 0,
    cluster: name,
    quorate: true,
    nodes: nodes.map((node) => ({
      name: node.name,
      status: 'online',
      maintenance: false,
      capacity: { cpu: node.cpu, memory: node.mem },
      usage: used.get(node.name) ?? { cpu: 0, memory: 0 },
    })),
    guests: guests.map(guestOf),
    rules: [],
    tasks: [],
    nativeBalancer: { active: false, guests: [] },
    facts: Object.fromEntries(guests.map((guest) => [guest.id, factsOf(guest)])),
  };
}

function guestOf(guest: BenchGuest): Guest {
  return {
    id: guest.id,
    kind: guest.type === 'ct' ? 'lxc' : 'qemu',
    name: guest.name,
    node: guest.node,
    status: 'running',
    template: false,
    capacity: { cpu: guest.vcpu, memory: guest.memTotal },
    usage: { cpu: guest.cpuUsed, memory: guest.memUsed },
    uptime: 0,
    tags: [],
  };
}

function factsOf(guest: BenchGuest): GuestFacts {
  return {
    guest: guest.id,
    digest: '',
    localDiskBytes: guest.storage === 'local' ? guest.diskTotal : 0,
    localResources: [],
    refusedNodes: {},
    dirtyRate: guest.dirtyMBps * MEGA,
  };
}

function rulesOf({ guests }: BenchCluster): readonly Rule[] {
  const source = (name: string): Rule['source'] => ({ kind: 'config', name });
  const named = (key: 'affinity' | 'antiAffinity'): ReadonlyMap<string, readonly number[]> => {
    const groups = new Map<string, number[]>();
    for (const guest of guests) {
      for (const name of guest[key]) {
        const known = groups.get(name);
        if (known === undefined) groups.set(name, [guest.id]);
        else known.push(guest.id);
      }
    }
    return groups;
  };
  return [
    ...[...named('affinity')].map(([name, ids]): Rule => ({ kind: 'affinity', source: source(name), guests: ids })),
    ...[...named('antiAffinity')].map(
      ([name, ids]): Rule => ({ kind: 'anti-affinity', source: source(name), guests: ids }),
    ),
    ...guests
      .filter((guest) => guest.pin.length > 0)
      .map((guest): Rule => ({ kind: 'pin', source: source('pin'), guests: [guest.id], nodes: guest.pin })),
  ];
}
