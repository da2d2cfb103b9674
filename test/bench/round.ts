// npm run bench:round: a round over 50 nodes and 2,000 guests, through the real HTTPS client and a simulated cluster.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseConfig } from '@ballast/config';
import { Operator, systemClock } from '@ballast/operator';
import { wire } from '@ballast/operator-app';
import { createLogger } from '@ballast/telemetry';
import { type SimulatedCluster, startClusterProcess, TOKEN } from './simulator-process.ts';

const NODES = 50;
const GUESTS = 2000;
const ROUNDS = 200;
const MIB = 1024 * 1024;

const cluster = await startClusterProcess(NODES, GUESTS, 10);
const directory = mkdtempSync(path.join(os.tmpdir(), 'bench-round-'));
try {
  await bench(cluster);
} finally {
  cluster.stop();
  rmSync(directory, { recursive: true, force: true });
}

async function bench({ urls, fingerprint }: SimulatedCluster): Promise<void> {
  const config = parseConfig(configText(urls, fingerprint), {
    file: 'bench.yaml',
    env: { BENCH_TOKEN: TOKEN.secret },
    readSecret: () => '',
  });
  const wired = wire(config, { clock: systemClock, warn: () => undefined });
  const log = createLogger({ level: 'silent', format: 'json' });
  const requests: number[] = [];
  const operator = new Operator({
    settings: config,
    source: wired.cluster.source,
    migrator: wired.cluster.migrator,
    targets: [],
    store: wired.store,
    clock: systemClock,
    log,
  });
  const durations: number[] = [];
  const memory: number[] = [];
  let migrations = 0;
  for (let i = 0; i < ROUNDS; i++) {
    const before = wired.cluster.requests;
    const report = await operator.round();
    if (report.failure) throw new Error(`${report.failure.code}: ${report.failure.message}`);
    requests.push(wired.cluster.requests - before);
    durations.push(report.duration);
    migrations += report.steps.filter((step) => step.state === 'verifying').length;
    globalThis.gc?.();
    memory.push(process.memoryUsage.rss() / MIB);
  }
  await operator.stop(0);
  await wired.close();
  print({ durations, requests, memory, migrations });
}

function print(figures: {
  readonly durations: readonly number[];
  readonly requests: readonly number[];
  readonly memory: readonly number[];
  readonly migrations: number;
}): void {
  const { durations, requests, memory, migrations } = figures;
  const at = (values: readonly number[], share: number): number =>
    values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [early, late] = [memory.slice(100, 120), memory.slice(-20)];
  const growth = mean(late) - mean(early);
  const rows: readonly (readonly [string, string, string, boolean])[] = [
    ['API requests in a round, most', String(Math.max(...requests)), 'at most 60', Math.max(...requests) <= 60],
    [
      'observe + decide + report, median',
      `${at(durations, 0.5).toFixed(0)} ms`,
      'under 1000 ms',
      at(durations, 0.5) < 1000,
    ],
    [
      'observe + decide + report, 99 of 100',
      `${at(durations, 0.99).toFixed(0)} ms`,
      'under 1000 ms',
      at(durations, 0.99) < 1000,
    ],
    [
      'resident memory, most',
      `${Math.max(...memory).toFixed(0)} MiB`,
      'under 238 MiB (250 MB)',
      Math.max(...memory) < 238,
    ],
    ['growth over the last 100 rounds', `${growth.toFixed(1)} MiB`, 'within 5 MiB', growth < 5],
  ];
  process.stdout.write(
    `${NODES} nodes, ${GUESTS} guests, ${ROUNDS} rounds, mode auto, ${migrations} migrations carried out\n\n`,
  );
  for (const [what, value, bar, kept] of rows) {
    process.stdout.write(`${what.padEnd(40)} ${value.padStart(10)}   ${bar}${kept ? '' : '   MISSED'}\n`);
  }
  process.exitCode = rows.every(([, , , kept]) => kept) ? 0 : 1;
}

function configText(urls: readonly string[], fingerprint: string): string {
  return `
cluster:
  name: bench
  endpoints: [${urls[0]}]
  auth: { token: ${TOKEN.id}, secret: "\${env:BENCH_TOKEN}" }
  tls: { fingerprint: "${fingerprint}" }
mode: auto
state: { directory: ${directory} }
`;
}
