import { type BytesPerSecond, GIB, KIB, MIB } from '@ballast/core';
import type { z } from 'zod';
import { type Reading, scalar } from './scalar.ts';

const EXPECTED = 'a rate such as 500 MiB/s or 10 Gbit/s';

/** Bytes a second: binary units for bytes, decimal ones for bits, as networks are sold. */
const UNITS: Readonly<Record<string, number>> = {
  'KiB/s': KIB,
  'MiB/s': MIB,
  'GiB/s': GIB,
  'Mbit/s': 1e6 / 8,
  'Gbit/s': 1e9 / 8,
};
const NOTATION = '^\\d+(\\.\\d+)?\\s*(KiB/s|MiB/s|GiB/s|Mbit/s|Gbit/s)$';

/** `500 MiB/s`, `10 Gbit/s`; above zero. */
function readRate(value: unknown): Reading<BytesPerSecond> {
  if (typeof value === 'number') return { expected: EXPECTED, hint: `Write the unit: ${value} MiB/s?` };
  if (typeof value !== 'string') return { expected: EXPECTED };
  const text = value.trim();
  if (!new RegExp(NOTATION).test(text)) {
    return { expected: EXPECTED, hint: `The units are ${Object.keys(UNITS).join(', ')}.` };
  }
  const unit = Object.keys(UNITS).find((name) => text.endsWith(name)) ?? '';
  const rate = Number.parseFloat(text) * (UNITS[unit] ?? 0);
  return rate > 0 ? { value: rate } : { expected: EXPECTED, hint: 'It is above zero.' };
}

export function rate(): z.ZodType<BytesPerSecond> {
  return scalar(readRate, { type: 'string', pattern: NOTATION, examples: ['500 MiB/s', '10 Gbit/s'] });
}
