import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { startBalancerProcess } from '../balancer-process.ts';
import type { Load } from './load.ts';

const MIB = 1024 * 1024;
const SWITCHES = 16;
const WINDOW = 64;
/** Code is compiled and heaps find their size before memory is judged. */
const WARM_UP = 60;
/** Heaps are judged by the least in so many seconds: what garbage there is between two collections says nothing. */
const TROUGH = 10;
/** MiB a minute. An object of 64 bytes for each thousandth packet-in at 300,000 a second would be 1.1. */
const GROWTH_BAR = 1;

/** Runs 16 switches at full rate for so many minutes, and tells how memory grows. Whether it stays within the bar. */
export async function memoryRun(load: Load, minutes: number): Promise<boolean> {
  const controller = await startBalancerProcess();
  const seconds = minutes * 60;
  const given = { port: controller.port, switches: SWITCHES, window: WINDOW, seconds };
  const running = load.run(given);
  const rss: number[] = [];
  const heap: number[] = [];
  print('minute  responses/s   RSS MiB  heap MiB  load of the machine');
  let before = await controller.sample();
  for (let second = 1; second <= seconds; second += 1) {
    await pause(1_000);
    const now = await controller.sample();
    rss.push(now.rss / MIB);
    heap.push(now.heapUsed / MIB);
    if (second % 60 !== 0) continue;
    const trough = Math.min(...heap.slice(-TROUGH));
    const cells = [second / 60, Math.round((now.answered - before.answered) / 60), now.rss / MIB, trough];
    print(`${cells.map((cell, n) => format(cell).padStart([6, 11, 8, 8][n] ?? 0)).join('  ')}  ${loadOfMachine()}`);
    before = now;
  }
  const { responses_per_s: rate } = await running;
  const { dropped } = await controller.sample();
  await controller.stop();
  const growth = { rss: slope(rss.slice(WARM_UP)), heap: slope(troughs(heap.slice(WARM_UP))) / TROUGH };
  print(`${SWITCHES} switches, ${minutes} minutes: ${format(Math.round(rate))} responses/s, ${dropped} dropped`);
  const held = (growthPerSecond: number): boolean => growthPerSecond * 60 <= GROWTH_BAR;
  for (const [name, value] of Object.entries(growth)) {
    print(`${held(value) ? 'met' : 'MISSED'}: ${name} grows by ${(value * 60).toFixed(3)} MiB/min (bar ${GROWTH_BAR})`);
  }
  return held(growth.rss) && held(growth.heap);
}

/** Growth from one value to the next, by least squares. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let products = 0;
  let squares = 0;
  for (const [index, value] of values.entries()) {
    products += (index - middle) * (value - mean);
    squares += (index - middle) ** 2;
  }
  return products / squares;
}

function troughs(values: readonly number[]): readonly number[] {
  const groups = Math.floor(values.length / TROUGH);
  return Array.from({ length: groups }, (_, group) => Math.min(...values.slice(group * TROUGH, (group + 1) * TROUGH)));
}

function loadOfMachine(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

function format(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 1 });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
