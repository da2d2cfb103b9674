/**
 * Plans for whole clusters, beside a lower bound on the moves any plan needs.
 *
 *   node infra/dev/bench.mjs plans DIRECTORY [--target 0.7]
 *
 * DIRECTORY holds clusters of schema `bench-cluster/1` as `*.json` or `*.json.gz`. The bound: for each hot node and
 * each resource that makes it hot, the least number of its movable guests whose usages, largest first, cover the excess
 * over `target`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { type BalancePolicy, type ClusterSnapshot, EMPTY_HISTORY, GIB, RESOURCES, type Rule } from '@ballast/core';
import { assess, plan, project, remember } from '@ballast/planner';
import { aBalancePolicy, aGuest, aNode, aSnapshot, T0 } from '@ballast/testkit';

interface BenchGuest {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly vcpu: number;
  readonly memTotal: number;
  readonly memUsed: number;
  readonly cpuUsed: number;
  readonly dirtyMBps: number;
  readonly diskTotal: number;
  readonly storage: string;
  readonly affinity: readonly string[];
  readonly antiAffinity: readonly string[];
  readonly pin: readonly string[];
  readonly node: string;
}

interface BenchCluster {
  readonly schema: string;
  readonly name: string;
  readonly overhead: { readonly mem: number; readonly cpu: number };
  readonly nodes: readonly { readonly name: string; readonly cpu: number; readonly mem: number }[];
  readonly guests: readonly BenchGuest[];
}

main();

function main(): void {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { target: { type: 'string' } } });
  const [directory] = positionals;
  if (directory === undefined) throw new Error('Expected the directory of the clusters as the argument.');
  const targets = values.target === undefined ? [0.8, 0.7] : [Number(values.target)];
  const files = readdirSync(directory).filter((name) => /\.json(\.gz)?$/.test(name));
  const clusters = files.map((name) => readCluster(join(directory, name)));
  clusters.sort((a, b) => a.guests.length - b.guests.length || (a.name < b.name ? -1 : 1));
  for (const target of targets) for (const cluster of clusters) print(measure(cluster, target));
}

function readCluster(path: string): BenchCluster {
  const bytes = readFileSync(path);
  const cluster = JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')) as BenchCluster;
  if (cluster.schema !== 'bench-cluster/1') throw new Error(`Expected schema bench-cluster/1, got ${cluster.schema}.`);
  return cluster;
}

interface Measurement {
  readonly name: string;
  readonly target: number;
  readonly hotBefore: number;
  readonly hotAfter: number;
  readonly moves: number;
  readonly bound: number;
  readonly gib: number;
  readonly broken: number;
  readonly again: number;
  readonly milliseconds: number;
}

/** One plan from scratch, timed; checked by carrying it out and planning again. */
function measure(cluster: BenchCluster, target: number): Measurement {
  const policy = policyWith(target);
  const snapshot = snapshotOf(cluster);
  const rules = rulesOf(cluster);
  const decide = (seen: ClusterSnapshot): ReturnType<typeof plan> => {
    const history = remember(EMPTY_HISTORY, seen, policy);
    const assessment = assess({ snapshot: seen, history, policy, rules, now: T0, moving: [] });
    return plan({ assessment, history, policy, rules, now: T0 });
  };
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    decide(snapshot);
    times.push(performance.now() - start);
  }
  const { steps } = decide(snapshot);
  const after = project(snapshot, steps);
  return {
    name: cluster.name,
    target,
    hotBefore: hotNodes(snapshot, policy),
    hotAfter: hotNodes(after, policy),
    moves: steps.length,
    bound: lowerBound(cluster, snapshot, policy),
    gib: steps.reduce((total, step) => total + (guestOf(snapshot, step.guest)?.usage.memory ?? 0), 0) / GIB,
    broken: brokenRules(after, rules),
    again: decide(after).steps.length,
    milliseconds: times.sort((a, b) => a - b)[2] ?? 0,
  };
}

function policyWith(target: number): BalancePolicy {
  return aBalancePolicy({
    cpu: { high: 0.8, target, ceiling: 0.85 },
    memory: { high: 0.85, target, ceiling: 0.9 },
    sustain: 1,
    smoothing: 1,
    minGain: 0.001,
    maxSteps: 10_000,
    containers: true,
  });
}

function snapshotOf(cluster: BenchCluster): ClusterSnapshot {
  const { overhead } = cluster;
  const sum = (node: string, of: (guest: BenchGuest) => number): number =>
    cluster.guests.filter((guest) => guest.node === node).reduce((total, guest) => total + of(guest), 0);
  return aSnapshot({
    id: cluster.name,
    nodes: cluster.nodes.map(({ name, cpu, mem }) =>
      aNode(
        name,
        {},
        {
          capacity: { cpu, memory: mem },
          usage: {
            cpu: overhead.cpu + sum(name, (guest) => guest.cpuUsed),
            memory: overhead.mem + sum(name, (guest) => guest.memUsed),
          },
        },
      ),
    ),
    guests: cluster.guests.map((guest) =>
      aGuest(
        guest.id,
        guest.node,
        {},
        {
          name: guest.name,
          kind: guest.type === 'ct' ? 'lxc' : 'qemu',
          capacity: { cpu: guest.vcpu, memory: guest.memTotal },
          usage: { cpu: guest.cpuUsed, memory: guest.memUsed },
        },
      ),
    ),
    facts: Object.fromEntries(
      cluster.guests.map((guest) => [
        guest.id,
        {
          guest: guest.id,
          digest: '',
          localDiskBytes: guest.storage === 'local' ? guest.diskTotal : 0,
          localResources: [],
          refusedNodes: {},
          dirtyRate: guest.dirtyMBps * 1e6,
        },
      ]),
    ),
  });
}

function rulesOf(cluster: BenchCluster): readonly Rule[] {
  const source = (name: string): Rule['source'] => ({ kind: 'config', name });
  const named = (key: 'affinity' | 'antiAffinity'): Map<string, number[]> => {
    const groups = new Map<string, number[]>();
    for (const guest of cluster.guests) {
      for (const name of guest[key]) groups.set(name, [...(groups.get(name) ?? []), guest.id]);
    }
    return groups;
  };
  return [
    ...[...named('affinity')].map(([name, guests]): Rule => ({ kind: 'affinity', source: source(name), guests })),
    ...[...named('antiAffinity')].map(
      ([name, guests]): Rule => ({
        kind: 'anti-affinity',
        source: source(name),
        guests,
      }),
    ),
    ...cluster.guests
      .filter((guest) => guest.pin.length > 0)
      .map((guest): Rule => ({ kind: 'pin', source: source('pin'), guests: [guest.id], nodes: guest.pin })),
  ];
}

function hotNodes({ nodes }: ClusterSnapshot, policy: BalancePolicy): number {
  return nodes.filter(({ usage, capacity }) =>
    RESOURCES.some((resource) => usage[resource] > policy[resource].high * capacity[resource] + 1e-6),
  ).length;
}

function lowerBound(cluster: BenchCluster, snapshot: ClusterSnapshot, policy: BalancePolicy): number {
  let bound = 0;
  for (const node of snapshot.nodes) {
    const movable = cluster.guests.filter(
      (guest) => guest.node === node.name && guest.storage !== 'local' && guest.pin.join() !== node.name,
    );
    const needs = RESOURCES.map((resource) => {
      const used = node.usage[resource];
      const { high, target } = policy[resource];
      if (used <= high * node.capacity[resource]) return 0;
      const sizes = movable.map((guest) => (resource === 'cpu' ? guest.cpuUsed : guest.memUsed)).sort((a, b) => b - a);
      return leastToCover(sizes, used - target * node.capacity[resource]);
    });
    bound += Math.max(...needs);
  }
  return bound;
}

/** How many of the sizes, largest first, cover the excess; all of them when they do not. */
function leastToCover(sizes: readonly number[], excess: number): number {
  let rest = excess;
  let taken = 0;
  for (; taken < sizes.length && rest > 1e-9; taken++) rest -= sizes[taken] ?? 0;
  return taken;
}

function brokenRules(snapshot: ClusterSnapshot, rules: readonly Rule[]): number {
  const places = new Map(snapshot.guests.map((guest) => [guest.id, guest.node]));
  return rules.filter((rule) => {
    const nodes = rule.guests.map((guest) => places.get(guest) ?? '');
    if (rule.kind === 'pin') return nodes.some((node) => !rule.nodes.includes(node));
    if (rule.kind === 'affinity') return new Set(nodes).size > 1;
    return rule.kind === 'anti-affinity' && new Set(nodes).size < nodes.length;
  }).length;
}

function guestOf(snapshot: ClusterSnapshot, id: number): ClusterSnapshot['guests'][number] | undefined {
  return snapshot.guests.find((guest) => guest.id === id);
}

function print(row: Measurement): void {
  const { name, target, hotBefore, hotAfter, moves, bound, gib, broken, again, milliseconds } = row;
  const ratio = bound > 0 ? (moves / bound).toFixed(2) : '-';
  process.stdout.write(
    `${name.padEnd(22)} target ${target.toFixed(2)}  hot ${hotBefore} -> ${hotAfter}  moves ${moves} (bound ${bound}, x${ratio})  ` +
      `${gib.toFixed(0)} GiB  rules broken ${broken}  planned again ${again}  ${milliseconds.toFixed(1)} ms\n`,
  );
}
