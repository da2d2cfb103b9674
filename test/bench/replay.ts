// npm run bench:replay -- --trace FILE: a recorded day of real machines, with and without Ballast.
// FILE holds a row a machine and a column each five minutes, CPU utilization in percent, gzipped or not.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { type Config, parseConfig } from '@ballast/config';
import type { MoveRecord, NodeName } from '@ballast/core';
import { Operator } from '@ballast/operator';
import { wire } from '@ballast/operator-app';
import { parseTraces, type Simulator, startSimulator, step, traceWorld, type World } from '@ballast/pve-simulator';
import { memoryHistoryStore } from '@ballast/store';
import { createLogger } from '@ballast/telemetry';
import { eventLoopTurns, VirtualClock } from '@ballast/testkit';

const SAMPLES = 288;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const ROUND = 30 * SECOND;
/** Nodes are looked at this often. */
const LOOK = 15 * SECOND;
/** Rounds lie half of their period off the recorded samples: the mean of what chance gives. */
const PHASE = 15 * SECOND;
/** While a migration is followed, time moves in steps of this. */
const STEP = 3 * SECOND;
const TOKEN = { id: 'ballast@pve!replay', secret: '6f1a0c52-51c6-4f0e-a6f4-6b4e5a2c9d31' };

const { values } = parseArgs({
  options: {
    trace: { type: 'string' },
    nodes: { type: 'string', default: '20' },
    guests: { type: 'string', default: '300' },
    load: { type: 'string', default: '0.5' },
    seed: { type: 'string', default: '1' },
    samples: { type: 'string', default: String(SAMPLES) },
    // Lines added to the configuration, such as 'budgets: { perHour: 60 }'.
    config: { type: 'string', default: '' },
  },
});
if (values.trace === undefined) {
  process.stderr.write('Expected --trace FILE: recorded utilization, a row a machine, a column each five minutes.\n');
  process.exit(1);
}

/** What a day looked like. */
interface Day {
  /** Looks at which at least one node was above the threshold, by its true utilization. */
  hot: number;
  /** The same, counted for each node. */
  hotNodes: number;
  readonly hottest: Set<NodeName>;
}

const world = traceWorld({
  nodes: Number(values.nodes),
  guests: Number(values.guests),
  traces: parseTraces(readText(values.trace)),
  seed: Number(values.seed),
  load: Number(values.load),
});
const duration = Number(values.samples) * 5 * MINUTE;
const began = performance.now();
const high = 0.8;
const without = replayWithout(world);
const simulator = await startSimulator({ world, speed: 0, tokens: [TOKEN] });
try {
  report(without, await replayWith(simulator));
} finally {
  await simulator.stop();
}

function readText(file: string): string {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

function aDay(): Day {
  return { hot: 0, hotNodes: 0, hottest: new Set() };
}

function look(day: Day, { nodes }: World): void {
  const hot = nodes.filter((node) => node.activity.granted / node.cores > high);
  if (hot.length > 0) day.hot += 1;
  day.hotNodes += hot.length;
  for (const { name } of hot) day.hottest.add(name);
}

/** Looks, as minutes. */
function minutes(looks: number): number {
  return Math.round((looks * LOOK) / MINUTE);
}

function replayWithout(start: World): Day {
  const day = aDay();
  let now = start;
  for (let at = 0; at < duration; at += LOOK) {
    now = step(now, LOOK);
    look(day, now);
  }
  return day;
}

interface Balanced {
  readonly day: Day;
  readonly moves: readonly MoveRecord[];
  readonly requests: number;
  readonly failedRounds: number;
  readonly coolDown: number;
}

async function replayWith(cluster: Simulator): Promise<Balanced> {
  const config = configOf(cluster);
  let pending: () => number = () => 0;
  const clock = new VirtualClock(cluster.world.now, async () => {
    do {
      await eventLoopTurns(4);
      while (pending() > 0) await eventLoopTurns(1);
    } while (pending() > 0);
  });
  const wired = wire(config, { clock, warn: () => undefined });
  pending = () => wired.cluster.pending;
  const all: MoveRecord[] = [];
  const operator = new Operator({
    settings: config,
    source: wired.cluster.source,
    migrator: wired.cluster.migrator,
    targets: [],
    store: memoryHistoryStore(),
    clock,
    log: createLogger({ level: 'silent', format: 'json' }),
  });
  const day = aDay();
  let failedRounds = 0;
  for (let at = 0; at < duration; at += LOOK) {
    if (at % ROUND === PHASE) {
      const round = await operator.round();
      if (round.failure !== undefined) {
        failedRounds += 1;
        process.stderr.write(`round at minute ${at / MINUTE}: ${round.failure.message}\n`);
      }
    }
    await passTime(cluster, clock, LOOK);
    look(day, cluster.world);
    if (at % (60 * MINUTE) === 0) progress(at, day, operator.history.moves.length);
  }
  all.push(...operator.history.moves);
  await wired.close();
  return { day, moves: all, requests: wired.cluster.requests, failedRounds, coolDown: config.balance.coolDown };
}

/** Moves the cluster's time and the operator's on together. */
async function passTime(cluster: Simulator, clock: VirtualClock, total: number): Promise<void> {
  for (let passed = 0; passed < total; ) {
    const part = clock.sleepers > 0 ? Math.min(STEP, total - passed) : total - passed;
    cluster.advance(part);
    await clock.advance(part);
    passed += part;
  }
}

function configOf(cluster: Simulator): Config {
  return parseConfig(
    `
cluster:
  name: replay
  endpoints: [${cluster.urls[0]}]
  auth: { token: ${TOKEN.id}, secret: "\${env:TOKEN}" }
  tls: { fingerprint: "${cluster.fingerprint}" }
mode: auto
${values.config}
`,
    { file: 'replay.yaml', env: { TOKEN: TOKEN.secret }, readSecret: () => '' },
  );
}

/** Guests that moved twice without their rest in between. */
function restless(moves: readonly MoveRecord[], coolDown: number): number {
  const last = new Map<number, number>();
  let count = 0;
  for (const move of moves.toSorted((a, b) => a.startedAt - b.startedAt)) {
    const ended = last.get(move.guest);
    if (ended !== undefined && move.startedAt < ended + coolDown) count += 1;
    last.set(move.guest, move.endedAt ?? move.startedAt);
  }
  return count;
}

function progress(at: number, day: Day, moves: number): void {
  process.stderr.write(`${at / (60 * MINUTE)} h: ${minutes(day.hot)} hot minutes, ${moves} migrations\n`);
}

function report(before: Day, { day, moves, requests, failedRounds, coolDown }: Balanced): void {
  const done = moves.filter((move) => move.outcome === 'done');
  const byGuest = new Map<number, number>();
  for (const { guest } of done) byGuest.set(guest, (byGuest.get(guest) ?? 0) + 1);
  const most = Math.max(0, ...byGuest.values());
  const ratio = day.hot / Math.max(1, before.hot);
  const rows: readonly (readonly [string, string | number, string | number])[] = [
    ['', 'without', 'with Ballast'],
    ['minutes with a hot node', minutes(before.hot), minutes(day.hot)],
    ['hot minutes, summed over nodes', minutes(before.hotNodes), minutes(day.hotNodes)],
    ['nodes that were hot at all', before.hottest.size, day.hottest.size],
    ['migrations done', 0, done.length],
    ['migrations that failed', 0, moves.length - done.length],
    ['guests moved', 0, byGuest.size],
    ['moves of the guest moved most', 0, most],
    ['moves within a cool-down', 0, restless(moves, coolDown)],
    ['rounds that failed', '-', failedRounds],
    ['API requests', '-', requests],
  ];
  process.stdout.write(
    `${values.nodes} nodes, ${values.guests} guests, ${duration / MINUTE} minutes; replayed in ${Math.round((performance.now() - began) / 1000)} s\n\n`,
  );
  for (const [what, a, b] of rows) {
    process.stdout.write(`${what.padEnd(34)} ${String(a).padStart(8)} ${String(b).padStart(14)}\n`);
  }
  process.stdout.write(`\nhot minutes are ${(ratio * 100).toFixed(1)} % of those without (bar: at most 10 %)\n`);
  process.exitCode = ratio <= 0.1 && restless(moves, coolDown) === 0 ? 0 : 1;
}
