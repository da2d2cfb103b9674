import { formatProblem } from './formats.ts';
import type { Leaf } from './shape.ts';

export type Scalar = string | number | boolean;

/** A value in its type, or what is wrong with it in the validator's own words (PVE/JSONSchema.pm). */
export type ReadValue = { readonly value: Scalar } | { readonly problem: string };

/** Reads a value as the validator does: what it gets from a form is text, so a text of digits is an integer. */
export function readValue(leaf: Leaf, raw: unknown): ReadValue {
  if (typeof raw === 'object' && raw !== null) {
    const got = Array.isArray(raw) ? 'ARRAY' : 'HASH';
    return { problem: `type check ('${leaf.type}') failed - got ${got}` };
  }
  const text = isScalar(raw) ? String(raw) : '';
  const value = typed(leaf.type, text);
  if (value === undefined) return { problem: `type check ('${leaf.type}') failed - got '${text}'` };
  const problem = problemOf(leaf, value, text);
  return problem === undefined ? { value } : { problem };
}

function isScalar(raw: unknown): raw is Scalar {
  return typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean';
}

function typed(type: Leaf['type'], text: string): Scalar | undefined {
  switch (type) {
    case 'boolean':
      if (/^(1|on|yes|true)$/i.test(text)) return true;
      return /^(0|off|no|false)$/i.test(text) ? false : undefined;
    case 'integer':
      return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
    case 'number':
      return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
    case 'null':
    case 'object':
      return undefined;
    case 'string':
    case 'any':
      return text;
  }
}

function problemOf(leaf: Leaf, value: Scalar, text: string): string | undefined {
  const format = leaf.format === undefined ? undefined : formatProblem(leaf.format, text);
  if (format !== undefined) return `invalid format - ${format}\n`;
  if (leaf.choices !== undefined && !leaf.choices.includes(text)) {
    return `value '${text}' does not have a value in the enumeration '${leaf.choices.join(', ')}'`;
  }
  if (leaf.pattern !== undefined && !leaf.pattern.test(text)) return 'value does not match the regex pattern';
  return leaf.type === 'string' ? lengthProblem(leaf, text) : rangeProblem(leaf, value);
}

function lengthProblem({ low, high }: Leaf, text: string): string | undefined {
  if (high !== undefined && text.length > high) return `value may only be ${high} characters long`;
  return low !== undefined && text.length < low ? `value must be at least ${low} characters long` : undefined;
}

function rangeProblem({ low, high }: Leaf, value: Scalar): string | undefined {
  if (typeof value !== 'number') return undefined;
  if (high !== undefined && value > high) return `value must have a maximum value of ${high}`;
  return low !== undefined && value < low ? `value must have a minimum value of ${low}` : undefined;
}
