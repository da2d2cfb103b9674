import { logError } from './errors.ts';

/** Stands where a secret stood. */
const CENSORED = '[secret]';

const SECRET_KEY = /secret|passw|passphrase|token|authorization|ticket|cookie|credential|api[-_]?key|private[-_]?key/i;

/** Names whose values pino redacts in bindings of child loggers, which the walk below does not see. */
const PATH_KEYS = ['secret', 'password', 'token', 'authorization', 'Authorization', 'ticket', 'cookie', 'Cookie'];

/** Paths of secrets up to two levels down, in pino's notation. */
export const SECRET_PATHS: readonly string[] = PATH_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

const DEEPEST = 6;

/**
 * A copy of what is about to be logged, without the values of keys that look like secrets, at any depth, and with
 * errors as {@link logError} tells them. Numbers stay: a fencing token is a number, a secret is not.
 */
export function withoutSecrets(value: unknown, depth = 0): unknown {
  if (value instanceof Error) return logError(value);
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  if (depth >= DEEPEST) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      SECRET_KEY.test(key) ? censor(inner) : withoutSecrets(inner, depth + 1),
    ]),
  );
}

/** What is shown in place of the value of a secret key. */
export function censor(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined
    ? value
    : CENSORED;
}

/** Secrets that carry their own mark wherever they stand in a text: API tokens, tickets, bearer tokens, URLs. */
const MARKED: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/(PVEAPIToken=[^\s"'\\=]+=)[^\s"'\\,;]+/g, `$1${CENSORED}`],
  [/(PVE(?:TFA)?:[^\s"'\\:]+:)[0-9A-F]{8}::?[^\s"'\\,;]+/g, `$1${CENSORED}`],
  [/(Bearer\s+)[^\s"'\\,;]+/gi, `$1${CENSORED}`],
  [/(\w+:\/\/[^\s/:@"'\\]*:)[^\s/@"'\\]+@/g, `$1${CENSORED}@`],
];

/** A text without the secrets that can be told by their form alone. */
export function maskText(text: string): string {
  return MARKED.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}
