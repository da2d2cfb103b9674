const LONGEST = 60;

/**
 * A value as an error message shows it. Structures are named, not shown: a secret in the wrong place must not come
 * back in a message.
 */
export function gotText(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value !== 'string') return String(value);
  if (value === '') return 'an empty text';
  const shown = value.length > LONGEST ? `${value.slice(0, LONGEST)}...` : value;
  return JSON.stringify(shown);
}

/** The kind of a value alone, for places where a secret may stand. */
export function kindText(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text (not shown)';
  if (typeof value === 'number' || typeof value === 'boolean') return `a ${typeof value} (not shown)`;
  return gotText(value);
}
