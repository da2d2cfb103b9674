import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Load, LoadRun } from './load.ts';

/** Generators connect and warm up for two seconds before they measure. */
const BEFORE = 2_200;
/** Of Linux on every machine that Node runs on: the unit of the times in /proc/PID/stat. */
const TICKS_PER_SECOND = 100;

export interface Measured {
  /** Responses a second. */
  readonly rate: number;
  /** Microseconds from a packet-in to its answer, as the generator saw them. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of processor time that the controller spent on a response, whatever else the machine did. */
  readonly cpu: number;
}

/** Loads a controller, and watches the processor time of its process meanwhile. */
export async function measure(load: Load, given: LoadRun, pid: number): Promise<Measured> {
  const [figures, share] = await Promise.all([load.run(given), processorShare(pid, given.seconds * 1_000 - 400)]);
  const rate = figures.responses_per_s;
  return { rate, p50: figures.lat_us.p50, p99: figures.lat_us.p99, cpu: (share * 1e6) / rate };
}

/** Processors that a process kept busy while it was measured. */
async function processorShare(pid: number, duration: number): Promise<number> {
  await pause(BEFORE);
  const [before, start] = [processorTime(pid), performance.now()];
  await pause(duration);
  return ((processorTime(pid) - before) * 1_000) / (performance.now() - start);
}

/** Seconds, of all threads. */
function processorTime(pid: number): number {
  // The second field is the name in parentheses, which may hold anything; utime and stime are the 14th and 15th.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The run in the middle by its rate. */
export function middle(runs: readonly Measured[]): Measured {
  const sorted = runs.toSorted((a, b) => a.rate - b.rate);
  const found = sorted[Math.floor(sorted.length / 2)];
  if (found === undefined) throw new Error('Expected a run at least.');
  return found;
}
