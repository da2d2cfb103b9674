import { type Bytes, type BytesPerSecond, GIB, KIB, MIB, type Milliseconds } from '@ballast/core';

/** What a line of a migration's log tells. Times are the node's. */
export type LogEvent =
  | {
      readonly kind: 'progress';
      readonly transferred: Bytes;
      readonly total: Bytes;
      readonly speed?: BytesPerSecond;
      readonly dirtyRate?: BytesPerSecond;
    }
  | { readonly kind: 'downtime'; readonly downtime: Milliseconds }
  | { readonly kind: 'completed'; readonly transferred: Bytes }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'other' };

const UNITS: Readonly<Record<string, Bytes>> = { B: 1, KiB: KIB, MiB: MIB, GiB: GIB, TiB: 1024 * GIB };
const SIZE = String.raw`(\d+(?:\.\d+)?) ?(B|KiB|MiB|GiB|TiB)`;
const PROGRESS = new RegExp(`migration active, transferred ${SIZE} of ${SIZE} VM-state(?:, ${SIZE}/s)?`);
const DIRTY = new RegExp(`VM dirties lots of memory: ${SIZE}/s`);
const COMPLETED = new RegExp(`migration completed, transferred ${SIZE} VM-state`);
const DOWNTIME = /downtime (\d+(?:\.\d+)?) ms/;
const ERROR = /(?:^|\s)(?:ERROR|TASK ERROR): (.+)$/;
const INTERRUPTED = /received interrupt|interrupted by signal|got signal/;

/** Reads one line, with or without the time at its beginning. */
export function readLogLine(line: string): LogEvent {
  const progress = PROGRESS.exec(line);
  if (progress !== null) {
    const dirty = DIRTY.exec(line);
    return {
      kind: 'progress',
      transferred: bytes(progress[1], progress[2]),
      total: bytes(progress[3], progress[4]),
      ...(progress[5] === undefined ? {} : { speed: bytes(progress[5], progress[6]) }),
      ...(dirty === null ? {} : { dirtyRate: bytes(dirty[1], dirty[2]) }),
    };
  }
  if (INTERRUPTED.test(line)) return { kind: 'interrupted' };
  const error = ERROR.exec(line);
  if (error?.[1] !== undefined) return { kind: 'error', text: error[1] };
  const completed = COMPLETED.exec(line);
  if (completed !== null) return { kind: 'completed', transferred: bytes(completed[1], completed[2]) };
  // `average migration speed: 1.0 GiB/s - downtime 54 ms`; other lines speak of its limit.
  const downtime = line.includes('average migration speed') ? DOWNTIME.exec(line) : null;
  if (downtime !== null) return { kind: 'downtime', downtime: Number(downtime[1]) };
  return { kind: 'other' };
}

/** A line for a person: without the time that Proxmox VE writes before it. */
export function withoutTime(line: string): string {
  return line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /, '');
}

function bytes(amount: string | undefined, unit: string | undefined): Bytes {
  return Math.round(Number(amount ?? 0) * (UNITS[unit ?? 'B'] ?? 1));
}
