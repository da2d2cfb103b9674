/**
 * What may be sent to ofctl_rest: it reads bodies as literals of Python, not as JSON, so that `true`, `false` and
 * `null` are answered with status 500. There are none in this type.
 */
export type Literal = string | number | bigint | readonly Literal[] | { readonly [key: string]: Literal };

/** JSON and a Python literal alike; numbers keep all their digits. */
export function literal(value: Literal): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(literal).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, entry]) => `${JSON.stringify(key)}: ${literal(entry)}`)
    .join(', ')}}`;
}

function isList(value: Literal): value is readonly Literal[] {
  return Array.isArray(value);
}
