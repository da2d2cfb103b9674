// npm run bench:simulator: how fast simulated time passes, and how fast a large simulated cluster answers.
import { Agent, request } from 'node:https';
import os from 'node:os';
import { step, syntheticWorld } from '@ballast/pve-simulator';
import { startClusterProcess, TOKEN } from './simulator-process.ts';

const HOUR = 3_600_000;
const ASKED = 100;
const RATE = 200;
const SECONDS = 5;
// The certificate is new with each start; nothing is secret here.
const agent = new Agent({ keepAlive: true, maxSockets: 4, rejectUnauthorized: false });

const speeds = [passTime(5, 100), passTime(5, 500)];
process.stdout.write('Time has been measured; starting a cluster of 50 nodes...\n');
const cluster = await startClusterProcess(50, 2000, 1);
try {
  const [url = ''] = cluster.urls;
  print(speeds, await oneAfterAnother(url), await sustained(url));
} finally {
  cluster.stop();
}

interface Passed {
  readonly guests: number;
  readonly factor: number;
}

/** Two hours of a cluster, by the time that the process had a core. */
function passTime(nodes: number, guests: number): Passed {
  let world = step(syntheticWorld({ nodes, guests, seed: 1 }), HOUR / 6);
  const before = process.cpuUsage();
  for (let minute = 0; minute < 120; minute++) world = step(world, HOUR / 60);
  const { user, system } = process.cpuUsage(before);
  return { guests, factor: (2 * HOUR) / ((user + system) / 1000) };
}

/** @returns milliseconds until the last byte */
function ask(url: string): Promise<number> {
  // Packed, as every usual client asks for it.
  const headers = { authorization: `PVEAPIToken=${TOKEN.id}=${TOKEN.secret}`, 'accept-encoding': 'gzip' };
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    request(`${url}/api2/json/cluster/resources`, { headers, agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${response.statusCode} ${response.statusMessage}`));
      response.resume().on('end', () => resolve(performance.now() - begun));
    })
      .on('error', reject)
      .end();
  });
}

async function oneAfterAnother(url: string): Promise<readonly number[]> {
  for (let i = 0; i < 20; i++) await ask(url);
  const times: number[] = [];
  for (let i = 0; i < ASKED; i++) times.push(await ask(url));
  return times.toSorted((a, b) => a - b);
}

interface Sustained {
  readonly rate: number;
  readonly times: readonly number[];
}

/** Requests at a steady rate, whether or not those before them were answered. */
async function sustained(url: string): Promise<Sustained> {
  const begun = performance.now();
  const waiting: Promise<number>[] = [];
  for (let i = 0; i < RATE * SECONDS; i++) {
    const late = begun + (i * 1000) / RATE - performance.now();
    if (late > 0) await new Promise((resolve) => setTimeout(resolve, late));
    waiting.push(ask(url));
  }
  const times = await Promise.all(waiting);
  return { rate: times.length / ((performance.now() - begun) / 1000), times: times.toSorted((a, b) => a - b) };
}

function at(sorted: readonly number[], share: number): string {
  return `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1)} ms`;
}

function print(passed: readonly Passed[], single: readonly number[], many: Sustained): void {
  const lines = [
    `${os.cpus()[0]?.model}, ${os.cpus().length} cores, load ${os.loadavg()[0]?.toFixed(1)}, Node ${process.versions.node}`,
    ...passed.map(
      ({ guests, factor }) => `5 nodes, ${guests} guests: ${Math.round(factor)} times real time on one core`,
    ),
    `GET /cluster/resources of 50 nodes and 2,000 guests: median ${at(single, 0.5)}, 99 of 100 ${at(single, 0.99)}`,
    `at ${RATE} a second for ${SECONDS} s: ${many.rate.toFixed(0)} a second, median ${at(many.times, 0.5)}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  const slow = passed.some(({ factor }) => factor < 1000);
  if (slow || (single[Math.floor(single.length / 2)] ?? 0) > 50 || many.rate < RATE * 0.98) {
    process.stdout.write('Below a bar: at least 1,000 times real time, 50 ms, 200 a second.\n');
    process.exitCode = 1;
  }
}
