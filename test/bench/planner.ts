/**
 * Plans for whole clusters, beside lower bounds on what any plan needs; checked by code of their own.
 *
 *   npm run bench:planner [-- DIRECTORY...] [--target 0.8,0.7,0.6,0.55] [--only TEXT] [--large]
 *
 * Each DIRECTORY holds clusters of schema `bench-cluster/1` as `*.json` or `*.json.gz`. Without one, made-up clusters of
 * several seeds are planned for, and with `--large` also those of 10,000 and 50,000 guests.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { fromBenchCluster } from '../../apps/cli/src/recorded/bench-cluster.ts';
import { decideOnFile } from '../../apps/cli/src/recorded/decide.ts';
import { removalBound } from '../planner/bounds.ts';
import { checkPlan, type Move } from '../planner/check.ts';
import { type Cluster, makeCluster } from '../planner/cluster.ts';

const GIB = 2 ** 30;
/** Plans that are timed, once the process has planned for this cluster for so long, or so often: as an operator has all day. */
const RUNS = 5;
const WARM = { milliseconds: 1500, plans: 20 };
/** `MB` is the most memory the process had so far, which grows with the clusters. Moves beside the removal bound, and beside the planner's own, which knows the rules and both resources at once. */
const HEAD = [
  'cluster',
  'target',
  'hot',
  'faults',
  'moves',
  'bound',
  'own bound',
  'waves',
  'GiB',
  'of bound',
  'own bound',
  'ms',
  'MB',
];
const WIDTHS = [24, 6, 6, 6, 6, 12, 12, 5, 6, 9, 9, 6, 6];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: 'string', default: '0.8,0.7,0.6,0.55' },
    only: { type: 'string', default: '' },
    large: { type: 'boolean', default: false },
  },
});
main();

function main(): void {
  if (positionals.length === 0) {
    process.stderr.write('No directory of recorded clusters was named: made-up ones alone are planned for.\n');
  }
  const targets = values.target.split(',').map(Number);
  print(HEAD);
  let faults = 0;
  for (const cluster of clusters()) {
    if (!cluster.name.includes(values.only)) continue;
    for (const target of targets) faults += measure(cluster, target);
  }
  process.exitCode = faults === 0 ? 0 : 1;
}

/** One after the other, the small ones first: the memory of the process is that of the largest so far. */
function* clusters(): Generator<Cluster> {
  yield* positionals.flatMap((directory) => readClusters(directory));
  yield* madeUp();
}

function readClusters(directory: string): readonly Cluster[] {
  return readdirSync(directory)
    .filter((name) => /\.json(\.gz)?$/.test(name))
    .map((name) => {
      const bytes = readFileSync(join(directory, name));
      return labelled(JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')) as Unlabelled);
    })
    .sort((a, b) => a.guests.length - b.guests.length || (a.name < b.name ? -1 : 1));
}

type Unlabelled = Omit<Cluster, 'nodes' | 'guests'> & {
  readonly nodes: readonly Omit<Cluster['nodes'][number], 'labels'>[];
  readonly guests: readonly Omit<Cluster['guests'][number], 'affinityBy' | 'antiAffinityBy'>[];
};

/** Recorded clusters may lack labels, and rules that go by them. */
function labelled(cluster: Unlabelled): Cluster {
  return {
    ...cluster,
    nodes: cluster.nodes.map((node) => ({ labels: {}, ...node })),
    guests: cluster.guests.map((guest) => ({ affinityBy: {}, antiAffinityBy: {}, ...guest })),
  };
}

function* madeUp(): Generator<Cluster> {
  const sizes: readonly (readonly [number, number])[] = [
    [20, 500],
    [50, 2000],
    ...(values.large
      ? ([
          [200, 10_000],
          [1000, 50_000],
        ] as const)
      : []),
  ];
  for (const [nodes, guests] of sizes) {
    for (const seed of [1, 2]) for (const rules of [false, true]) yield makeCluster({ nodes, guests, seed, rules });
  }
}

/** One row of the table; returns how much is wrong. */
function measure(cluster: Cluster, target: number): number {
  const recorded = fromBenchCluster(cluster);
  const times: number[] = [];
  const plan = (minimize: 'moves' | 'bytes'): ReturnType<typeof decideOnFile> =>
    decideOnFile(recorded, { target, minimize }, () => performance.now());
  const decided = plan('moves');
  const began = performance.now();
  for (let i = 0; i < WARM.plans && performance.now() - began < WARM.milliseconds; i++) plan('moves');
  for (let i = 0; i < RUNS; i++) times.push(userTime(() => plan('moves')));
  const least = plan('bytes');
  const check = checkPlan(cluster, movesOf(decided), target);
  const checkedBytes = checkPlan(cluster, movesOf(least), target);
  const bound = removalBound(cluster, target);
  const own = decided.plan.bound?.moves ?? 0;
  const { length: moves } = decided.plan.steps;
  const faults = [...check.faults, ...checkedBytes.faults];
  for (const fault of faults.slice(0, 5)) process.stderr.write(`${cluster.name} at ${target}: ${fault}\n`);
  print([
    cluster.name,
    target.toFixed(2),
    `${check.hot.length} ${checkedBytes.hot.length}`,
    String(faults.length),
    String(moves),
    `${bound.moves} ${ratio(moves, bound.moves)}`,
    `${own} ${ratio(moves, own)}`,
    String(Math.max(0, ...decided.plan.steps.map((step) => step.wave ?? 0))),
    (checkedBytes.bytes / GIB).toFixed(0),
    ratio(checkedBytes.bytes, bound.bytes),
    ratio(checkedBytes.bytes, least.plan.bound?.bytes ?? 0),
    times.toSorted((a, b) => a - b)[RUNS >> 1]?.toFixed(0) ?? '',
    ((process.resourceUsage().maxRSS * 1024) / 1e6).toFixed(0),
  ]);
  return faults.length + (moves > 0 || own === 0 ? 0 : 1);
}

/** Milliseconds of processor time: what else runs on the machine does not count. What V8 does on other threads does. */
function userTime(run: () => void): number {
  const { user } = process.cpuUsage();
  run();
  return (process.cpuUsage().user - user) / 1000;
}

function movesOf({ plan }: ReturnType<typeof decideOnFile>): readonly Move[] {
  return plan.steps.map(({ guest, from, to, wave }) => ({ guest, from, to, wave: wave ?? null }));
}

function ratio(value: number, bound: number): string {
  return bound > 0 ? `x${(value / bound).toFixed(3)}` : '-';
}

function print(cells: readonly string[]): void {
  process.stdout.write(
    `${cells.map((cell, i) => (i === 0 ? cell.padEnd(24) : cell.padStart(WIDTHS[i] ?? 8))).join(' ')}\n`,
  );
}
