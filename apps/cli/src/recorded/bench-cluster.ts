import { DEFAULTS } from '@ballast/config';
import {
  type AffinityRule,
  type AntiAffinityRule,
  type ClusterSnapshot,
  EMPTY_HISTORY,
  type Guest,
  type GuestFacts,
  type Rule,
} from '@ballast/core';
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
      ...(node.labels === undefined ? {} : { labels: node.labels }),
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
  const groups = new Map<
    string,
    { readonly rule: Omit<AffinityRule | AntiAffinityRule, 'guests'>; readonly guests: number[] }
  >();
  const join = (kind: 'affinity' | 'anti-affinity', name: string, id: number, topology?: string): void => {
    const key = [kind, name, topology].join('\n');
    const by = topology === undefined ? {} : { topology };
    const group = groups.get(key) ?? { rule: { kind, source: source(name), ...by }, guests: [] };
    groups.set(key, group);
    group.guests.push(id);
  };
  for (const { id, affinity, antiAffinity, affinityBy = {}, antiAffinityBy = {} } of guests) {
    for (const name of affinity) join('affinity', name, id);
    for (const name of antiAffinity) join('anti-affinity', name, id);
    for (const [label, names] of Object.entries(affinityBy))
      for (const name of names) join('affinity', name, id, label);
    for (const [label, names] of Object.entries(antiAffinityBy))
      for (const name of names) join('anti-affinity', name, id, label);
  }
  return [
    ...[...groups.values()].map(({ rule, guests: ids }): Rule => ({ ...rule, guests: ids })),
    ...guests
      .filter((guest) => guest.pin.length > 0)
      .map((guest): Rule => ({ kind: 'pin', source: source('pin'), guests: [guest.id], nodes: guest.pin })),
  ];
}
