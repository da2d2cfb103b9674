// How fast weights reach a real HAProxy: `npm run bench:haproxy`. With `--check` a missed bar is exit code 1.
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock, TargetAssignment } from '@ballast/core';
import { haproxyTarget, type RunningHaproxy, RuntimeSocket, setWeight, startHaproxy } from '@ballast/targets';

const SERVERS = 200;
const BACKEND = 'web';
/** Each way gets this many turns of this many milliseconds; the ways take turns, and the median counts. */
const TURNS = 5;
const TURN = 600;
/** What is promised: commands a second, and how many times a connection per command. */
const BAR = { rate: 100_000, ratio: 20 };

interface Way {
  readonly name: string;
  /** Sends a number of commands, checks every reply, and returns the number. */
  readonly batch: () => Promise<number>;
}

const clock: Clock = {
  now: () => Date.now(),
  sleep: (duration, signal) => pause(duration, undefined, signal === undefined ? {} : { signal }),
};
const names = Array.from({ length: SERVERS }, (_, index) => `web-${String(index + 1).padStart(3, '0')}`);

const haproxy = await startHaproxy({
  clock,
  backends: [{ name: BACKEND, servers: names.map((name, index) => ({ name, port: 10_000 + index })) }],
});
// Made before the clock runs: what is measured is the way to HAProxy.
const passes = Array.from({ length: 256 }, (_, turn) =>
  names.map((server, index) => setWeight({ backend: BACKEND, server }, 1 + ((turn + index) % 256))),
);
let pass = 0;
const socket = new RuntimeSocket({ address: haproxy.socket, clock, timeout: 5_000 });
const target = haproxyTarget({ name: 'bench', address: haproxy.socket, clock });
try {
  await main();
} finally {
  await target.close();
  await socket.close();
  await haproxy.stop();
}

async function main(): Promise<void> {
  const perCommand: Way = { name: 'a connection per command, one by one', batch: () => connections(haproxy, 1) };
  const batched: Way = { name: 'one connection, batched', batch: () => batches() };
  const ways: readonly Way[] = [
    perCommand,
    { name: 'a connection per command, 8 at once', batch: () => connections(haproxy, 8) },
    { name: 'one connection, one by one', batch: oneByOne },
    batched,
    { name: 'haproxyTarget.apply (read, write, read back)', batch: applies },
  ];
  const rates = await measure(ways);
  const base = rates.get(perCommand) ?? 1;
  print([
    ['HAProxy', haproxy.version, `${SERVERS} servers`],
    ['way', 'commands/s', 'ratio'],
    ...ways.map((way) => {
      const rate = rates.get(way) ?? 0;
      return [way.name, Math.round(rate).toLocaleString('en'), `${(rate / base).toFixed(1)}x`];
    }),
  ]);
  const rate = rates.get(batched) ?? 0;
  const met = rate >= BAR.rate && rate / base >= BAR.ratio;
  process.stdout.write(
    `${met ? 'met' : 'MISSED'}: at least ${BAR.rate.toLocaleString('en')} commands/s in batches, and ${BAR.ratio}x a connection per command\n`,
  );
  if (!met && process.argv.includes('--check')) process.exitCode = 1;
}

/** Median commands a second of each way; they take turns, so that a busy moment of the machine hits all alike. */
async function measure(ways: readonly Way[]): Promise<ReadonlyMap<Way, number>> {
  const samples = new Map<Way, number[]>(ways.map((way) => [way, []]));
  for (const way of ways) await way.batch();
  for (let turn = 0; turn < TURNS; turn++) {
    for (const way of ways) samples.get(way)?.push(await rateOf(way));
  }
  return new Map([...samples].map(([way, rates]) => [way, median(rates)]));
}

async function rateOf(way: Way): Promise<number> {
  const start = performance.now();
  let commands = 0;
  while (performance.now() - start < TURN) commands += await way.batch();
  return (commands / (performance.now() - start)) * 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** A command for each server; another weight in every pass, so that HAProxy has something to do. */
function commands(): readonly string[] {
  pass += 1;
  return passes[pass % passes.length] ?? [];
}

async function connections(at: RunningHaproxy, atOnce: number): Promise<number> {
  const queue = commands();
  let next = 0;
  const client = async (): Promise<void> => {
    for (let command = queue[next++]; command !== undefined; command = queue[next++]) check(await ask(at, command));
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return queue.length;
}

function ask(at: RunningHaproxy, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let reply = '';
    const connection = net.connect(at.socket.path, () => connection.write(`${command}\n`));
    connection.setEncoding('latin1').on('data', (chunk) => {
      reply += String(chunk);
    });
    connection.once('error', reject);
    connection.once('end', () => resolve(reply));
  });
}

async function oneByOne(): Promise<number> {
  const queue = commands();
  await socket.exclusive(async (session) => {
    for (const command of queue) check((await session.run([command]))[0]);
  });
  return queue.length;
}

/** Ten passes over all servers, as ten rounds would send them. */
async function batches(): Promise<number> {
  const queue = Array.from({ length: 10 }, commands).flat();
  const replies = await socket.exclusive((session) => session.run(queue));
  if (replies.length !== queue.length) throw new Error(`Expected ${queue.length} replies, got ${replies.length}.`);
  for (const reply of replies) check(reply);
  return queue.length;
}

async function applies(): Promise<number> {
  pass += 1;
  const { changed, problems } = await target.apply([assignment()]);
  if (problems.length > 0) throw new Error(problems[0]?.message);
  return changed.length;
}

/** The first server keeps the largest weight; all others get one that they did not have. */
function assignment(): TargetAssignment {
  const members = names.map((name, index) => {
    const weight = index === 0 ? 1 : (1 + ((pass + index) % 255)) / 256;
    const factors = { base: 1, headroom: 1, pressure: 1, migration: 1, wanted: weight };
    return { member: { guest: index, name, port: 8080 }, weight, state: 'ready' as const, factors };
  });
  const service = {
    name: BACKEND,
    protocol: 'http',
    algorithm: 'weighted',
    routes: [],
    pool: { members: { tags: [], pools: [], guests: [] }, port: 8080 },
    carriers: [],
    whileMigrating: 'reduce',
    trafficShare: 0,
  } as const;
  return { service, options: {}, weights: { service: BACKEND, members } };
}

function check(reply: string | undefined): void {
  if (reply?.trim() !== '') throw new Error(`Expected HAProxy to take the weight, got ${JSON.stringify(reply)}.`);
}

function print(rows: readonly (readonly string[])[]): void {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    process.stdout.write(`${cells.join('  ')}\n`);
  }
}
