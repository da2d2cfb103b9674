import { type Clock, type Milliseconds, nearestNames } from '@ballast/core';
import { FlowManagerError } from './errors.ts';

export interface FlowManagerOptions {
  readonly name: string;
  /** Where its REST API is, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly token?: string;
  readonly clock: Clock;
  /** For each request; 5 s when it is left out. */
  readonly timeout?: Milliseconds;
  /** The leader's fencing token, asked for at each write; none is sent where it is left out. */
  readonly fencing?: () => bigint;
}

/** What a service may say about itself at this target (`TargetAssignment.options`). */
export interface FlowManagerServiceOptions {
  /** What the flow manager calls it; its own name when it is left out. */
  readonly service?: string;
}

export const DEFAULT_TIMEOUT: Milliseconds = 5_000;

type Check = (value: unknown) => string | undefined;

const TARGET_CHECKS: Readonly<Record<string, Check>> = {
  url: checkUrl,
  // Neither is shown: it is a secret.
  token: (value) =>
    typeof value === 'string' && /^[!-~]+$/.test(value)
      ? undefined
      : 'Expected token to be of visible ASCII characters, got something else.',
  timeout: (value) =>
    typeof value === 'number' && Number.isFinite(value) && value > 0
      ? undefined
      : expected('timeout', 'milliseconds above 0', value),
};
const SERVICE_CHECKS: Readonly<Record<string, Check>> = {
  service: (value) =>
    typeof value === 'string' && value !== '' ? undefined : expected('service', 'the name of a service', value),
};

/**
 * What is wrong with the options of a target as a configuration states them (`name`, `clock` and `fencing` are the
 * application's), one sentence each; empty when nothing is.
 */
export function checkFlowManagerOptions(value: unknown): string[] {
  if (!isRecord(value)) return [expected('the options of a flow-manager target', 'a mapping', value)];
  const missing = value['url'] === undefined ? ["Expected a flow-manager target to have 'url', got none."] : [];
  return [...missing, ...checkKeys(value, TARGET_CHECKS)];
}

/** What is wrong with the options of a service at a flow-manager target, one sentence each; empty when nothing is. */
export function checkFlowManagerServiceOptions(value: unknown): string[] {
  if (!isRecord(value)) return [expected('the options of a service at a flow-manager target', 'a mapping', value)];
  return checkKeys(value, SERVICE_CHECKS);
}

/** @throws {FlowManagerError} `flow-manager-options`, naming everything that is wrong at once */
export function assertNothingWrong(problems: readonly string[]): void {
  if (problems.length > 0) throw new FlowManagerError('flow-manager-options', problems.join(' '));
}

function checkKeys(value: Readonly<Record<string, unknown>>, checks: Readonly<Record<string, Check>>): string[] {
  const known = Object.keys(checks);
  return Object.entries(value).flatMap(([key, entry]) => {
    if (entry === undefined) return [];
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
    if (check !== undefined) return check(entry) ?? [];
    const near = nearestNames(key, known, 1)[0];
    return [`Unknown key '${key}'${near ? `; did you mean '${near}'?` : `; known are ${known.join(', ')}.`}`];
  });
}

function checkUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return expected('url', 'an http or https URL', value);
  const { protocol, username, password, search, hash } = new URL(value);
  // Not shown: it holds a secret.
  if (username !== '' || password !== '') return 'Expected url to hold no password, got one; use token.';
  const sound = (protocol === 'http:' || protocol === 'https:') && search === '' && hash === '';
  return sound ? undefined : expected('url', 'an http or https URL without a query', value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function expected(what: string, wanted: string, got: unknown): string {
  return `Expected ${what} to be ${wanted}, got ${JSON.stringify(got) ?? 'nothing'}.`;
}
