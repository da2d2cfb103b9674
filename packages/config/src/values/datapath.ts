import type { z } from 'zod';
import { type Reading, scalar } from './scalar.ts';

const EXPECTED =
  'a datapath id: the 16 digits that Open vSwitch prints, 0x and hexadecimal digits, or a decimal number';
/** From here on a number has 16 digits, which Open vSwitch prints of another id. */
const LONGEST_DECIMAL = 1e15;

/**
 * The id of a switch as Ryu (decimal) and Open vSwitch (16 hexadecimal digits) write it; `0x13` afterwards. Short digits
 * in quotes are refused: for the flow manager they are hexadecimal.
 */
export function readDatapath(value: unknown): Reading<string> {
  if (typeof value === 'number') {
    if (Number.isInteger(value) && value > 0 && value < LONGEST_DECIMAL) return { value: hex(BigInt(value)) };
    return { expected: EXPECTED, ...(value >= LONGEST_DECIMAL ? { hint: 'Write it hexadecimal, with 0x.' } : {}) };
  }
  if (typeof value !== 'string') return { expected: EXPECTED };
  const text = value.trim();
  const digits = /^(?:0x([0-9a-f]{1,16})|([0-9a-f]{16}))$/i.exec(text);
  const id = digits === null ? 0n : BigInt(`0x${digits[1] ?? digits[2]}`);
  if (id > 0n) return { value: hex(id) };
  const hint = /^[1-9]\d{0,14}$/.test(text) ? { hint: `Write ${text} without quotes, or 0x${text}.` } : {};
  return { expected: EXPECTED, ...hint };
}

export function datapath(): z.ZodType<string> {
  return scalar(readDatapath, {
    type: ['integer', 'string'],
    pattern: '^(0x[0-9a-fA-F]{1,16}|[0-9a-fA-F]{16})$',
    examples: ['0000000000000013', 19],
  });
}

function hex(id: bigint): string {
  return `0x${id.toString(16)}`;
}
