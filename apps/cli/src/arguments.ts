import type { Aggressiveness, Milliseconds, Ratio } from '@ballast/core';
import { InvalidArgumentError } from 'commander';

/** `0.7` or `70%`: above 0, at most 1. */
export function ratioArgument(text: string): Ratio {
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim())?.[1];
  const value = percent === undefined ? Number(text) : Number(percent) / 100;
  if (text.trim() !== '' && value > 0 && value <= 1) return value;
  const meant = value > 1 && value <= 100 ? ` Did you mean ${value}%?` : '';
  throw new InvalidArgumentError(`Expected a ratio above 0 and up to 1, such as 0.7 or 70%.${meant}`);
}

/** A whole number from `least` on. */
export function wholeArgument(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number, at least ${least}.`);
  };
}

export function aggressivenessArgument(text: string): Aggressiveness {
  if (/^[1-5]$/.test(text.trim())) return Number(text) as Aggressiveness;
  throw new InvalidArgumentError('Expected a whole number from 1 to 5.');
}

/** A number above 0. */
export function positiveArgument(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

const UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** `8GiB`, or a number of bytes. */
export function bytesArgument(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([KMGT]iB)?$/.exec(text.trim()) ?? [];
  const value = Number(number) * (UNITS[unit] ?? 1);
  if (number !== '' && value > 0) return value;
  throw new InvalidArgumentError('Expected a size such as 8GiB, or a number of bytes.');
}

const PARTS: Readonly<Record<string, Milliseconds>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30m`, `2h`, `1h30m`. */
export function durationArgument(text: string): Milliseconds {
  const parts = [...text.trim().matchAll(/(\d+)\s*([smhd])/g)];
  const duration = parts.reduce((sum, [, n, unit]) => sum + Number(n) * (PARTS[unit ?? ''] ?? 0), 0);
  if (/^(\d+\s*[smhd]\s*)+$/.test(text.trim()) && duration > 0) return duration;
  throw new InvalidArgumentError('Expected a duration such as 30m, 2h or 1h30m.');
}
