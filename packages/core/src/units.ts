/** A share, 0..1. Never a percentage: percentages exist only in configuration files and on screens. */
export type Ratio = number;
/** CPU cores; may be a fraction. */
export type Cores = number;
export type Bytes = number;
export type BytesPerSecond = number;
/** A span of time in milliseconds. */
export type Milliseconds = number;
/** A point in time: milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

export const KIB = 1024;
export const MIB: number = 1024 * KIB;
export const GIB: number = 1024 * MIB;

/** Limits `value` to `low..high`. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
