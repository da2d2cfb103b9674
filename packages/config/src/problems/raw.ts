import type { Path } from './fault.ts';

/**
 * Looks into data that may be wrong anywhere. The checks across fields read the plain data and not what the schema
 * made of it, so that they find their faults beside all others, in the same run.
 */
export function at(data: unknown, ...path: Path): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** A list, or an empty one. */
export function listAt(data: unknown, ...path: Path): readonly unknown[] {
  const value = at(data, ...path);
  return Array.isArray(value) ? value : [];
}
