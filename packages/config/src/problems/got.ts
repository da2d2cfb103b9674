const LONGEST = 60;

/**
 * A value as an error message shows it. Structures are named, not shown: a secret in the wrong place must not come
 * back in a message.
 */
export function gotText(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return `a ${typeof value}`;
  if (value === '') return 'an empty text';
  const shown = value.length > LONGEST ? `${value.slice(0, LONGEST)}...` : value;
  return JSON.stringify(shown);
}

/** The same without texts, for places where a secret may stand. */
export function kindText(value: unknown): string {
  return typeof value === 'string' && value !== '' ? 'a text (not shown)' : gotText(value);
}
