import { type Bytes, GIB, type Instant, KIB, MIB, type Milliseconds, type Ratio, type Resource } from '@ballast/core';

const TIB = 1024 * GIB;

/** How a resource is called on screens. */
export const RESOURCE_WORDS: Readonly<Record<Resource, string>> = { cpu: 'CPU', memory: 'memory' };

/** `4.0 GiB`: powers of 1024, one digit after the point below 100 from MiB on. */
export function formatBytes(bytes: Bytes): string {
  const size = Math.max(0, bytes);
  const scales: readonly (readonly [number, string])[] = [
    [TIB, 'TiB'],
    [GIB, 'GiB'],
    [MIB, 'MiB'],
    [KIB, 'KiB'],
  ];
  // 1023.96 MiB would be printed as 1024 MiB: it is a GiB already.
  const scale = scales.find(([unit]) => size >= unit * 0.9995);
  if (scale === undefined) return `${Math.round(size)} B`;
  const value = size / scale[0];
  return `${value < 99.95 ? value.toFixed(1) : Math.round(value)} ${scale[1]}`;
}

/** `50 ms`, `5 s`, `1 min 20 s`, `2 h 5 min`, `3 d 4 h`: two units at most. */
export function formatDuration(duration: Milliseconds): string {
  const span = Math.max(0, duration);
  if (span < 999.5) return `${Math.round(span)} ms`;
  if (span < 9950) return `${Number((span / 1000).toFixed(1))} s`;
  const seconds = Math.round(span / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return twoUnits(seconds, 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return twoUnits(minutes, 60, 'h', 'min');
  return twoUnits(Math.round(minutes / 60), 24, 'd', 'h');
}

function twoUnits(count: number, size: number, large: string, small: string): string {
  const rest = count % size;
  const whole = `${(count - rest) / size} ${large}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
}

/** `93 %`; `digits` after the point. */
export function formatPercent(ratio: Ratio, digits = 0): string {
  return `${(ratio * 100).toFixed(digits)} %`;
}

/** Like {@link formatPercent}, with one more digit where the ratio would else read the same as the limit it exceeds. */
export function formatAgainst(ratio: Ratio, limit: Ratio): string {
  const same = ratio !== limit && formatPercent(ratio) === formatPercent(limit);
  return formatPercent(ratio, same ? 1 : 0);
}

/** `0.45`: a factor or a weight. */
export function formatFactor(value: number): string {
  return value.toFixed(2);
}

/** `2026-01-05 00:00:00 UTC`. */
export function formatInstant(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `1 migration`, `2 migrations`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
