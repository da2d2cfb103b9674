import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { type BalancerProcess, startBalancerProcess } from '../balancer-process.ts';
import type { Load } from './load.ts';

const MIB = 1024 * 1024;
const SWITCHES = 16;
const WINDOW = 64;
/** Milliseconds until code is compiled and heaps have found their size; what grows before is not counted. */
const WARM_UP = 60_000;
/** Of so many milliseconds the least RSS counts: what garbage there is between two collections says nothing. */
const TROUGH = 30_000;
/** MiB a minute. An object of 64 bytes for each thousandth packet-in at 300,000 a second would be 1.1. */
const GROWTH_BAR = 1;

interface Point {
  /** Milliseconds since the load began. */
  readonly at: number;
  /** MiB. */
  readonly value: number;
}

interface Course {
  /** Each second. */
  readonly rss: readonly Point[];
  readonly heap: readonly Point[];
  /** The heap once garbage is collected, each minute. */
  readonly live: readonly Point[];
}

/** Runs 16 switches at full rate for so many minutes, and tells how memory grows. Whether it stays within the bar. */
export async function memoryRun(load: Load, minutes: number): Promise<boolean> {
  if (!(minutes >= 3)) throw new Error(`Expected --minutes of 3 or more, for one is warming up; got ${minutes}.`);
  const controller = await startBalancerProcess();
  const given = { port: controller.port, switches: SWITCHES, window: WINDOW, seconds: minutes * 60 };
  const running = load.run(given);
  const { rss, heap, live } = await watch(controller, running);
  const { responses_per_s: rate } = await running;
  await controller.stop();
  print(`${SWITCHES} switches, ${minutes} minutes: ${format(Math.round(rate))} responses/s`);
  const sizes = heap.map(({ value }) => value);
  print(`heap each second: ${format(Math.min(...sizes))} to ${format(Math.max(...sizes))} MiB`);
  const growth = { RSS: growthOf(troughs(rss)), 'live heap': growthOf(live) };
  for (const [name, value] of Object.entries(growth)) {
    print(
      `${value <= GROWTH_BAR ? 'met' : 'MISSED'}: ${name} grows by ${value.toFixed(3)} MiB/min (bar ${GROWTH_BAR})`,
    );
  }
  return Object.values(growth).every((value) => value <= GROWTH_BAR);
}

/** Memory until the load ends; prints each minute. */
async function watch(controller: BalancerProcess, running: Promise<unknown>): Promise<Course> {
  const course = { rss: [] as Point[], heap: [] as Point[], live: [] as Point[] };
  const ended = running.then(
    () => true,
    () => true,
  );
  const start = performance.now();
  let before = await controller.sample();
  print('minute  responses/s   RSS MiB  live heap MiB  dropped  load of the machine');
  while (!(await Promise.race([ended, pause(1_000, false)]))) {
    const at = performance.now() - start;
    const { rss, heapUsed } = await controller.sample();
    course.rss.push({ at, value: rss / MIB });
    course.heap.push({ at, value: heapUsed / MIB });
    const minute = course.live.length + 1;
    if (at < minute * 60_000) continue;
    const now = await controller.sample(true);
    course.live.push({ at, value: now.heapUsed / MIB });
    const rate = Math.round((now.answered - before.answered) / 60);
    const cells = [minute, rate, rss / MIB, now.heapUsed / MIB, now.dropped, loadavg()[0] ?? 0];
    print(cells.map((cell, n) => format(cell).padStart([6, 11, 8, 13, 7, 19][n] ?? 0)).join('  '));
    before = now;
  }
  return course;
}

/** The least of each stretch of time, once warm. */
function troughs(points: readonly Point[]): readonly Point[] {
  const found = new Map<number, number>();
  for (const { at, value } of points) {
    const stretch = Math.floor(at / TROUGH) * TROUGH;
    if (at > WARM_UP) found.set(stretch, Math.min(found.get(stretch) ?? Number.POSITIVE_INFINITY, value));
  }
  return [...found].map(([at, value]) => ({ at, value }));
}

/** MiB a minute, by least squares. */
function growthOf(points: readonly Point[]): number {
  const count = points.length;
  const meanAt = points.reduce((sum, { at }) => sum + at, 0) / count;
  const mean = points.reduce((sum, { value }) => sum + value, 0) / count;
  const products = points.reduce((sum, { at, value }) => sum + (at - meanAt) * (value - mean), 0);
  const squares = points.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0);
  return (products / squares) * 60_000;
}

function format(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 1 });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
