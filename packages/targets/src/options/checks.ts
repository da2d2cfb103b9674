import { nearestNames } from '@ballast/core';

/** What is wrong with the value of one option, one sentence each. */
export type Check = (value: unknown) => readonly string[];
export type Checks = Readonly<Record<string, Check>>;

/** What is wrong with a mapping of options: unknown keys, and what their checks say. */
export function checkKeys(value: Readonly<Record<string, unknown>>, checks: Checks): string[] {
  const known = Object.keys(checks);
  return Object.entries(value).flatMap(([key, entry]) => {
    if (entry === undefined) return [];
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
    if (check !== undefined) return check(entry);
    const near = nearestNames(key, known, 1)[0];
    return [`Unknown key '${key}'${near ? `; did you mean '${near}'?` : `; known are ${known.join(', ')}.`}`];
  });
}

/** The checks of what every REST API is reached by. */
export const ENDPOINT_CHECKS: Checks = {
  url: checkUrl,
  // Not shown: it is a secret.
  token: (value) =>
    typeof value === 'string' && /^[!-~]+$/.test(value)
      ? []
      : ['Expected token to be of visible ASCII characters, got something else.'],
  timeout: (value) =>
    typeof value === 'number' && Number.isFinite(value) && value > 0
      ? []
      : [expected('timeout', 'milliseconds above 0', value)],
};

function checkUrl(value: unknown): readonly string[] {
  if (typeof value !== 'string' || !URL.canParse(value)) return [expected('url', 'an http or https URL', value)];
  const { protocol, username, password, search, hash } = new URL(value);
  // Not shown: it holds a secret.
  if (username !== '' || password !== '') return ['Expected url to hold no password, got one; use token.'];
  const sound = (protocol === 'http:' || protocol === 'https:') && search === '' && hash === '';
  return sound ? [] : [expected('url', 'an http or https URL without a query', value)];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function expected(what: string, wanted: string, got: unknown): string {
  return `Expected ${what} to be ${wanted}, got ${JSON.stringify(got) ?? 'nothing'}.`;
}
