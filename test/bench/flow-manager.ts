// How many packet-ins a second the controller answers: `tsx --conditions=source test/bench/flow-manager.ts`.
// With `--generator FILE.c` the load is that cbench-like program, compiled by gcc (flags -p -s -m -w -t), else
// test/bench/openflow-load.ts. With `--check` a missed bar is exit code 1.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type { Clock } from '@ballast/core';
import { type Controller, type Datapath, startController } from '@ballast/flow-manager';
import { fieldValue, type PacketIn } from '@ballast/openflow';

const run = promisify(execFile);
const SECONDS = 3;
/** Responses a second at least; `null` where nothing is promised. */
const CASES = [
  { switches: 1, window: 1, bar: 10_000 },
  { switches: 16, window: 1, bar: null },
  { switches: 1, window: 64, bar: 100_000 },
  { switches: 16, window: 64, bar: null },
] as const;

interface Figures {
  readonly responses_per_s: number;
  readonly lat_us: { readonly p50: number; readonly p99: number };
}
type Generator = (port: number, switches: number, window: number) => Promise<Figures>;

const { values } = parseArgs({ options: { generator: { type: 'string' }, check: { type: 'boolean' } } });
const clock: Clock = {
  now: () => Date.now(),
  sleep: (duration, signal) => pause(duration, undefined, signal === undefined ? {} : { signal }),
};
const directory = await mkdtemp(path.join(tmpdir(), 'ballast-bench-'));
try {
  await main(values.generator === undefined ? ownLoad : await compiled(values.generator));
} finally {
  await rm(directory, { recursive: true });
}

async function main(load: Generator): Promise<void> {
  let missed = false;
  process.stdout.write('switches  window  responses/s   p50 us   p99 us       bar\n');
  for (const { switches, window, bar } of CASES) {
    const { responses_per_s: rate, lat_us: latency } = await measure(load, switches, window);
    missed ||= bar !== null && rate < bar;
    const cells = [switches, window, rate, latency.p50, latency.p99, bar ?? '-'].map((cell) =>
      cell.toLocaleString('en'),
    );
    const widths = [8, 6, 11, 7, 7, 8];
    process.stdout.write(`${cells.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')}\n`);
  }
  process.stdout.write(`${missed ? 'MISSED' : 'met'}: the bars of one switch\n`);
  if (missed && values.check === true) process.exitCode = 1;
}

/** A controller that answers each packet-in by a packet-out to another port, as a learning switch does. */
async function measure(load: Generator, switches: number, window: number): Promise<Figures> {
  const controller = await startController({
    listen: { host: '127.0.0.1', port: 0 },
    clock,
    hooks: {
      packetIn: answer,
      failed: (_, error) => {
        throw error;
      },
    },
  });
  try {
    return await load(controller.address.port, switches, window);
  } finally {
    dropped(controller);
    await controller.stop();
  }
}

function answer(datapath: Datapath, packet: PacketIn): void {
  const inPort = fieldValue(packet.match, 'in_port') ?? 1;
  const actions = [{ type: 'output', port: inPort + 1, maxLen: 0 }] as const;
  datapath.packetOut({ bufferId: packet.bufferId, inPort, actions });
}

/** A packet-in that gave way would flatter the figure of the others. */
function dropped(controller: Controller): void {
  for (const { name, stats } of controller.datapaths.values()) {
    if (stats.droppedPacketIns > 0) throw new Error(`${name} lost ${stats.droppedPacketIns} packet-ins.`);
  }
}

async function ownLoad(port: number, switches: number, window: number): Promise<Figures> {
  const file = fileURLToPath(new URL('./openflow-load.ts', import.meta.url));
  const node = ['--conditions=source', '--import', 'tsx', file];
  return parse(await run(process.execPath, [...node, ...[switches, window, SECONDS, port].map(String)]));
}

async function compiled(source: string): Promise<Generator> {
  const program = path.join(directory, 'load');
  await run('gcc', ['-O2', '-w', '-o', program, source]);
  return async (port, switches, window) => {
    const mode = window === 1 ? ['-m', 'lat'] : ['-m', 'thr', '-w', String(window)];
    return parse(await run(program, ['-p', String(port), '-s', String(switches), ...mode, '-t', String(SECONDS)]));
  };
}

function parse({ stdout }: { readonly stdout: string }): Figures {
  return JSON.parse(stdout) as Figures;
}
