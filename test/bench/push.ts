// How long new weights take to all switches: `npm run bench:push`. With `--check` a missed bar is exit code 1.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { BareWriter, bundleOf } from './bare-writer.ts';
import { Rig, type Row, type Sample, sample } from './push-rig.ts';
import { Workload } from './push-workload.ts';
import { Switches } from './switches-process.ts';

const SWITCHES = 50;
const SERVICES = 20;
const PUSHES = 30;
const BAR_MS = 250;
/** Between pushes so far apart that the verification of one is under way when the next begins. */
const VERIFYING = 1_250;

const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
const switches = Switches.start();
try {
  await main();
} finally {
  switches.stop();
}

async function main(): Promise<void> {
  const rows = await measure();
  const base = median(rows.bound.samples.map(({ took }) => took));
  process.stdout.write(`${SWITCHES} switches x ${SERVICES} services of 10 members; ms\n`);
  const cells = Object.values(rows).map(({ name, samples, echo }) => {
    const times = samples.map(({ took }) => took);
    const figures = [Math.min(...times), median(times), atShare(times, 0.99), median(samples.map(({ cpu }) => cpu))];
    const words = [...figures.map(digits), echo === undefined ? '-' : digits(echo), digits(median(times) / base)];
    return [name, String(samples.length), ...words];
  });
  print([['what', 'times', 'min', 'median', 'p99', 'CPU', 'longest echo', 'of the bound'], ...cells]);
  const pushed = rows.all.samples.map(({ took }) => took);
  const met = median(pushed) < BAR_MS && atShare(pushed, 0.99) < BAR_MS;
  process.stdout.write(`${met ? 'met' : 'MISSED'}: median and p99 of the weights of all services under ${BAR_MS} ms\n`);
  if (!met && values.check === true) process.exitCode = 1;
}

async function measure(): Promise<Readonly<Record<'bound' | 'all' | 'one' | 'crossed' | 'looks' | 'cold', Row>>> {
  const rig = await Rig.start(new Workload(SERVICES, SWITCHES), switches, SWITCHES);
  const bare = await BareWriter.start();
  try {
    const cold = await rig.coldStarts(3);
    await switches.connect(bare.port, SWITCHES);
    const bound = await boundOf(bare);
    // By turns, so that both meet the same noise.
    const all = await rig.pushes('weights of all services', SERVICES, PUSHES, 20, bound.next);
    const one = await rig.pushes('weights of one service', 1, PUSHES, 20);
    const crossed = await rig.pushes('weights of all, amid verifications', SERVICES, 10, VERIFYING);
    return { bound: bound.row, all, one, crossed, looks: await rig.looks(5), cold };
  } finally {
    bare.stop();
    await rig.stop();
  }
}

/** The same bytes, written by a program that does nothing else. */
async function boundOf(bare: BareWriter): Promise<{ readonly row: Row; readonly next: () => Promise<void> }> {
  const workload = new Workload(SERVICES, SWITCHES);
  const samples: Sample[] = [];
  await bare.write(bundleOf(workload.of(1n), 1, true), SWITCHES);
  const next = async (): Promise<void> => {
    workload.reweigh(SERVICES);
    const bundle = bundleOf(workload.of(1n), samples.length + 2, false);
    samples.push(await sample(() => bare.write(bundle, SWITCHES)));
    await pause(20);
  };
  return { row: { name: 'bound: the same bytes, bare', samples }, next };
}

function median(values: readonly number[]): number {
  return atShare(values, 0.5);
}

function atShare(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function digits(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0);
}

function print(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    process.stdout.write(`${cells.join('  ')}\n`);
  }
}
