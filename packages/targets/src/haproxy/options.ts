import { type Clock, describeError, type Milliseconds, nearestNames } from '@ballast/core';
import { type HaproxyAddress, isPort, parseHaproxyAddress } from './address.ts';
import { HaproxyError } from './errors.ts';
import { checkTemplate, namesAddress } from './template.ts';

export interface HaproxyOptions {
  readonly name: string;
  /** As text: a path, or `host:port` (see {@link parseHaproxyAddress}). */
  readonly address: HaproxyAddress | string;
  /** Longest silence while a reply is due; 5 s when it is left out. */
  readonly timeout?: Milliseconds;
  /** Template of the names of servers; `{{guest.name}}` when it is left out. */
  readonly server?: string;
  /** Template of the names of backends; `{{service.name}}` when it is left out. */
  readonly backend?: string;
  /** Guest name or id -> `backend/server`, or `server` in the service's backend. */
  readonly overrides?: Readonly<Record<string, string>>;
  /** Find a member's server by its name (default), or by its address and port. An override always counts first. */
  readonly match?: 'name' | 'address';
  readonly clock: Clock;
}

/** What a service may say about itself at this target (`TargetAssignment.options`); it counts before the target's own. */
export interface HaproxyServiceOptions {
  readonly backend?: string;
  readonly server?: string;
  readonly overrides?: Readonly<Record<string, string>>;
}

export const DEFAULT_TIMEOUT: Milliseconds = 5_000;

/** Whether members are found by their addresses, which then have to be read from the guests. */
export function usesAddresses({ match, server, backend }: HaproxyOptions): boolean {
  return match === 'address' || [server, backend].some((template) => template !== undefined && namesAddress(template));
}

type Check = (value: unknown) => readonly string[];

const SERVICE_CHECKS: Readonly<Record<string, Check>> = {
  backend: checkTemplateOption('backend'),
  server: checkTemplateOption('server'),
  overrides: checkOverrides,
};
const TARGET_CHECKS: Readonly<Record<string, Check>> = {
  ...SERVICE_CHECKS,
  address: checkAddress,
  timeout: checkTimeout,
  match: (value) => (value === 'name' || value === 'address' ? [] : [expected('match', "'name' or 'address'", value)]),
};

/**
 * What is wrong with the options of a target as a configuration states them (`name` and `clock` are the
 * application's), one sentence each; empty when nothing is.
 */
export function checkHaproxyOptions(value: unknown): string[] {
  if (!isRecord(value)) return [expected('the options of an haproxy target', 'a mapping', value)];
  const missing = value['address'] === undefined ? ["Expected an haproxy target to have 'address', got none."] : [];
  return [...missing, ...checkKeys(value, TARGET_CHECKS)];
}

/** What is wrong with the options of a service at an haproxy target, one sentence each; empty when nothing is. */
export function checkHaproxyServiceOptions(value: unknown): string[] {
  if (!isRecord(value)) return [expected('the options of a service at an haproxy target', 'a mapping', value)];
  return checkKeys(value, SERVICE_CHECKS);
}

/** @throws {HaproxyError} `haproxy-options`, naming everything that is wrong at once */
export function assertNothingWrong(problems: readonly string[]): void {
  if (problems.length > 0) throw new HaproxyError('haproxy-options', problems.join(' '));
}

function checkKeys(value: Readonly<Record<string, unknown>>, checks: Readonly<Record<string, Check>>): string[] {
  const known = Object.keys(checks);
  return Object.entries(value).flatMap(([key, entry]) => {
    if (entry === undefined) return [];
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
    if (check !== undefined) return check(entry);
    const near = nearestNames(key, known, 1)[0];
    return [`Unknown key '${key}'${near ? `; did you mean '${near}'?` : `; known are ${known.join(', ')}.`}`];
  });
}

function checkTemplateOption(key: string): Check {
  return (value) =>
    typeof value === 'string' && value !== '' ? checkTemplate(value) : [expected(key, 'a name or a template', value)];
}

function checkOverrides(value: unknown): readonly string[] {
  if (!isRecord(value)) return [expected('overrides', "a mapping of guests to 'backend/server'", value)];
  return Object.entries(value)
    .filter(([, server]) => typeof server !== 'string' || !/^[^/]+(\/[^/]+)?$/.test(server))
    .map(([guest, server]) => expected(`overrides.${guest}`, "'backend/server' or 'server'", server));
}

function checkAddress(value: unknown): readonly string[] {
  if (typeof value === 'string') return problemsOf(() => parseHaproxyAddress(value));
  if (!isRecord(value)) return [expected('address', 'the path of a socket or host:port', value)];
  switch (value['kind']) {
    case 'unix':
      return typeof value['path'] === 'string' && value['path'] !== ''
        ? []
        : [expected('address.path', 'the path of a socket', value['path'])];
    case 'tcp':
      return [
        ...(typeof value['host'] === 'string' && value['host'] !== ''
          ? []
          : [expected('address.host', 'a name or an address', value['host'])]),
        ...(isPort(value['port']) ? [] : [expected('address.port', 'a port from 1 to 65535', value['port'])]),
      ];
    default:
      return [expected('address.kind', "'unix' or 'tcp'", value['kind'])];
  }
}

function problemsOf(attempt: () => unknown): readonly string[] {
  try {
    attempt();
    return [];
  } catch (error) {
    return [describeError(error)];
  }
}

function checkTimeout(value: unknown): readonly string[] {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
    ? []
    : [expected('timeout', 'milliseconds above 0', value)];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function expected(what: string, wanted: string, got: unknown): string {
  return `Expected ${what} to be ${wanted}, got ${JSON.stringify(got) ?? 'nothing'}.`;
}
