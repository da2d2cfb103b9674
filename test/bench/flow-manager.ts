// npm run bench:controller: how many packet-ins a second the controller answers, with a service of least connections,
// beside os-ken's learning switch in the same run.
//
//   --rounds N          runs of each case, of which the middle one counts (3)
//   --seconds N         that each run measures (3)
//   --generator FILE.c  the load, compiled by gcc: a program like cbench13.c, which is looked for beside this checkout
//   --minutes N         memory instead: 16 switches at full rate for so long, RSS and heap each second
//   --asleep            idle processors may sleep, as they do by default; root alone can keep them awake
//   --check             a missed bar is exit code 1
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startBalancerProcess } from './balancer-process.ts';
import { keepAwake } from './controllers/awake.ts';
import { echoUnderFlood } from './controllers/echo.ts';
import { type Load, loadOf } from './controllers/load.ts';
import { type Measured, measure, middle } from './controllers/measure.ts';
import { memoryRun } from './controllers/memory.ts';
import { startOsKen } from './controllers/os-ken.ts';

interface Case {
  readonly switches: number;
  readonly window: number;
  /** Responses a second at least. */
  readonly rate?: number;
  /** Microseconds at most, of half of the answers. */
  readonly p50?: number;
}

const CASES: readonly Case[] = [
  { switches: 1, window: 1, p50: 100 },
  { switches: 16, window: 1, rate: 40_000 },
  { switches: 1, window: 64 },
  { switches: 16, window: 64, rate: 40_000 },
];
/** Times as many responses as os-ken, in every case. */
const TIMES = 10;

const { values } = parseArgs({
  options: {
    generator: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    minutes: { type: 'string' },
    asleep: { type: 'boolean', default: false },
    check: { type: 'boolean' },
  },
});
const letSleep = values.asleep ? undefined : keepAwake();
const directory = await mkdtemp(path.join(tmpdir(), 'ballast-bench-'));
try {
  const load = await loadOf(values.generator, directory);
  print(letSleep === undefined ? 'idle processors sleep, and take time to wake' : 'processors are kept awake (PM QoS)');
  print(`load ${load.name}; ${cpus().length} processors, load ${machineLoad()}; Node ${process.version}`);
  const met = values.minutes === undefined ? await compare(load) : await memoryRun(load, Number(values.minutes));
  print(`load of the machine at the end: ${machineLoad()}`);
  if (!met && values.check === true) process.exitCode = 1;
} finally {
  letSleep?.();
  await rm(directory, { recursive: true });
}

/** All cases, and a quiet switch's echo beside a flood. Whether the bars are met. */
async function compare(load: Load): Promise<boolean> {
  print('switches  window  controller                 responses/s   p50 us   p99 us  CPU us   beside');
  const missed: string[] = [];
  for (const given of CASES) {
    const { ours, theirs } = await bothOf(load, given);
    row(given, 'Ballast, least connections', ours, theirs && `${(ours.rate / theirs.rate).toFixed(1)} x`);
    if (theirs !== undefined) row(given, theirs.name, theirs, '1 x');
    missed.push(...missedBars(given, ours, theirs).map((bar) => `${given.switches} x ${given.window}: ${bar}`));
  }
  const controller = await startBalancerProcess();
  const { alone, flooded } = await echoUnderFlood(load, controller.port);
  await controller.stop();
  print(`echo of a quiet switch, p50 / p99: ${alone.p50} / ${alone.p99} us alone, ${flooded.p50} / ${flooded.p99} us`);
  print(
    `  while another floods: ${(flooded.p50 / alone.p50).toFixed(1)} and ${(flooded.p99 / alone.p99).toFixed(1)} x`,
  );
  for (const bar of missed) print(`MISSED: ${bar}`);
  if (missed.length === 0) print('met: all bars');
  return missed.length === 0;
}

interface Both {
  readonly ours: Measured;
  readonly theirs: (Measured & { readonly name: string }) | undefined;
}

/** By turns, so that both meet the same moments of the machine. */
async function bothOf(load: Load, { switches, window }: Case): Promise<Both> {
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  let name: string | undefined;
  const seconds = Number(values.seconds);
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const controller = await startBalancerProcess();
    ours.push(await measure(load, { port: controller.port, switches, window, seconds }, controller.pid));
    await controller.stop();
    const osKen = await startOsKen();
    if (osKen === undefined) continue;
    name = osKen.name;
    theirs.push(await measure(load, { port: osKen.port, switches, window, seconds }, osKen.pid));
    await osKen.stop();
  }
  return { ours: middle(ours), theirs: name === undefined ? undefined : { ...middle(theirs), name } };
}

function missedBars({ rate, p50 }: Case, ours: Measured, theirs: Measured | undefined): readonly string[] {
  const missed: string[] = [];
  if (rate !== undefined && ours.rate < rate) missed.push(`${rate} responses/s`);
  if (p50 !== undefined && ours.p50 > p50) missed.push(`p50 of ${p50} us`);
  if (theirs === undefined) missed.push('os-ken is not installed, so nothing stands beside it');
  else if (ours.rate < TIMES * theirs.rate) missed.push(`${TIMES} x os-ken`);
  return missed;
}

function row({ switches, window }: Case, name: string, measured: Measured, beside: string | undefined): void {
  const { rate, p50, p99, cpu } = measured;
  const numbers = [rate, p50, p99].map((cell, n) => cell.toLocaleString('en').padStart([11, 7, 7][n] ?? 0));
  const cells = [String(switches).padStart(8), String(window).padStart(6), name.padEnd(26), ...numbers];
  print([...cells, cpu.toFixed(1).padStart(6), (beside ?? '-').padStart(7)].join('  '));
}

function machineLoad(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
