// npm run bench:stability -- DIRECTORY: recorded days of real machines, chained to hundreds of hours and seen through noise,
// under Ballast and under two rules as they are found elsewhere. DIRECTORY holds a file a day, as bench:replay takes one.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { parseTraces, type Trace } from '@ballast/pve-simulator';
import { VirtualClock } from '@ballast/testkit';
import { HOUR, type Move, SECOND, TraceCluster } from './stability/cluster.ts';
import { ballast, evening, greedy, type Policy } from './stability/policies.ts';

const ROUND = 30 * SECOND;
const DAY = 24 * HOUR;
const HIGH = 0.8;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    nodes: { type: 'string', default: '20' },
    guests: { type: 'string', default: '300' },
    hours: { type: 'string', default: '500' },
    load: { type: 'string', default: '0.5' },
    noise: { type: 'string', default: '0.15' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
});
const [directory] = positionals;
if (directory === undefined) {
  process.stderr.write(
    'Expected a directory of recorded days: files with a row a machine, a column each five minutes.\n',
  );
  process.exit(1);
}
const options = {
  nodes: Number(values.nodes),
  guests: Number(values.guests),
  hours: Number(values.hours),
  load: Number(values.load),
  noise: Number(values.noise),
  seed: Number(values.seed),
  days: readDays(directory),
};

interface Result {
  readonly name: string;
  /** Share of time with a node above the threshold, by what is true. */
  readonly hot: number;
  /** The same, summed over nodes. */
  readonly hotNodes: number;
  readonly moves: readonly Move[];
}

type Maker = (cluster: TraceCluster, clock: VirtualClock) => Policy;
const MAKERS: readonly Maker[] = [
  () => ({ name: 'nothing', round: () => Promise.resolve() }),
  ballast,
  () => greedy(HIGH),
  () => evening(0.1, HOUR),
  () => evening(0.1, 12 * HOUR),
];

const results: Result[] = [];
for (const maker of MAKERS) {
  const clock = new VirtualClock();
  const cluster = new TraceCluster(options, clock);
  const policy = maker(cluster, clock);
  if (policy.name.includes(values.only)) results.push(await run(policy, cluster, clock));
}
process.stdout.write(table(results));
process.exitCode = results.some(({ name, moves }) => name === 'Ballast' && returns(moves) > 0) ? 1 : 0;

async function run(policy: Policy, cluster: TraceCluster, clock: VirtualClock): Promise<Result> {
  let hot = 0;
  let hotNodes = 0;
  const rounds = (options.hours * HOUR) / ROUND;
  const began = clock.now();
  for (let i = 0; i < rounds; i++) {
    await policy.round(cluster, clock.now() - began);
    await clock.advance(ROUND);
    cluster.settle();
    const above = [...cluster.demand().values()].filter((cores) => cores / cluster.cores > HIGH).length;
    if (above > 0) hot += 1;
    hotNodes += above;
    if ((i * ROUND) % (25 * HOUR) === 0) process.stderr.write(`${policy.name}: ${(i * ROUND) / HOUR} h\n`);
  }
  return { name: policy.name, hot: hot / rounds, hotNodes: hotNodes / rounds / options.nodes, moves: cluster.moves };
}

/** Moves back to a node that the guest had left less than a day before. */
function returns(moves: readonly Move[]): number {
  const left = new Map<string, number>();
  return moves.filter(({ guest, from, to, startedAt }) => {
    const at = left.get(`${guest} ${to}`);
    left.set(`${guest} ${from}`, startedAt);
    return at !== undefined && startedAt - at < DAY;
  }).length;
}

/** Of the guest that moved most, within any day. */
function mostInADay(moves: readonly Move[]): number {
  const times = new Map<number, number[]>();
  for (const { guest, startedAt } of moves) times.set(guest, [...(times.get(guest) ?? []), startedAt]);
  const most = (all: readonly number[]): number =>
    Math.max(...all.map((from) => all.filter((at) => at >= from && at < from + DAY).length));
  return Math.max(0, ...[...times.values()].map(most));
}

function table(rows: readonly Result[]): string {
  const guestDays = (options.guests * options.hours) / 24;
  const lines = rows.map(({ name, hot, hotNodes, moves }) =>
    [
      name,
      `${(hot * 100).toFixed(2)} %`,
      `${(hotNodes * 100).toFixed(3)} %`,
      moves.length,
      (moves.length / guestDays).toFixed(4),
      mostInADay(moves),
      returns(moves),
    ].join(' | '),
  );
  const head =
    'policy | time with a hot node | node time hot | migrations | a guest and day | most of one in a day | A to B to A';
  const { nodes, guests, hours, noise, seed } = options;
  return `\n${nodes} nodes, ${guests} guests, ${hours} hours, noise ${noise * 100} %, seed ${seed}\n\n| ${[head, '--- | --- | --- | --- | --- | --- | ---', ...lines].join(' |\n| ')} |\n`;
}

function readDays(from: string): readonly (readonly Trace[])[] {
  return readdirSync(from)
    .sort()
    .map((name) => readFileSync(join(from, name)))
    .map((bytes) => parseTraces((bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8')));
}
