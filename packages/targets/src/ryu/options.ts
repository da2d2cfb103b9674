import type { Clock, Milliseconds } from '@ballast/core';
import { type Checks, checkKeys, ENDPOINT_CHECKS, expected, isRecord } from '../options/checks.ts';
import { parseDpid } from './dpid.ts';
import { RyuError } from './errors.ts';

export interface RyuOptions {
  readonly name: string;
  /** Where ofctl_rest is, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** For a proxy that stands before it: Ryu itself asks for none. */
  readonly token?: string;
  readonly clock: Clock;
  /** For each request; 5 s when it is left out. */
  readonly timeout?: Milliseconds;
  /** The switches that have the groups, see {@link parseDpid}. */
  readonly datapaths: readonly (string | number)[];
}

/** What a service says about itself at this target (`TargetAssignment.options`). */
export interface RyuServiceOptions {
  /** The id of its SELECT group, the same on every switch. */
  readonly group: number;
  /** Where they differ from the target's. */
  readonly datapaths?: readonly (string | number)[];
  /**
   * Guest name or id -> what its bucket is known by: the number of the port that it outputs to, or a text: a value
   * that it sets (an address, a MAC), or one of its actions as ofctl_rest writes it, such as `GROUP:7`.
   * A guest that is not here is known by its address, where a bucket sets that as destination.
   */
  readonly buckets?: Readonly<Record<string, string | number>>;
}

/** 0xffffff00: OFPG_MAX. Those above are reserved (OpenFlow 1.3.5, 7.3.4.3). */
const LARGEST_GROUP = 0xffff_ff00;
/** OFPP_MAX. */
const LARGEST_PORT = 0xffff_ff00;

export const DEFAULT_TIMEOUT: Milliseconds = 5_000;

const TARGET_CHECKS: Checks = { ...ENDPOINT_CHECKS, datapaths: checkDatapaths };
const SERVICE_CHECKS: Checks = { group: checkGroup, datapaths: checkDatapaths, buckets: checkBuckets };

/**
 * What is wrong with the options of a target as a configuration states them (`name` and `clock` are the
 * application's), one sentence each; empty when nothing is.
 */
export function checkRyuOptions(value: unknown): string[] {
  if (!isRecord(value)) return [expected('the options of a ryu target', 'a mapping', value)];
  const missing = ['url', 'datapaths']
    .filter((key) => value[key] === undefined)
    .map((key) => `Expected a ryu target to have '${key}', got none.`);
  return [...missing, ...checkKeys(value, TARGET_CHECKS)];
}

/** What is wrong with the options of a service at a ryu target, one sentence each; empty when nothing is. */
export function checkRyuServiceOptions(value: unknown): string[] {
  if (!isRecord(value)) return [expected('the options of a service at a ryu target', 'a mapping', value)];
  const missing = value['group'] === undefined ? ["Expected a service at a ryu target to have 'group', got none."] : [];
  return [...missing, ...checkKeys(value, SERVICE_CHECKS)];
}

/** @throws {RyuError} `ryu-options`, naming everything that is wrong at once */
export function assertNothingWrong(problems: readonly string[]): void {
  if (problems.length > 0) throw new RyuError('ryu-options', problems.join(' '));
}

function checkDatapaths(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) return [expected('datapaths', 'a list of datapath ids', value)];
  const wrong = value.filter((id) => parseDpid(id) === undefined);
  const wanted = 'a datapath id: decimal, 0x and hexadecimal digits, or 16 hexadecimal digits';
  const ids = value.map(parseDpid);
  const twice = value.filter((_, index) => ids[index] !== undefined && ids.indexOf(ids[index]) < index);
  return [
    ...wrong.map((id) => expected('an entry of datapaths', wanted, id)),
    ...twice.map((id) => `Expected each datapath once, got ${JSON.stringify(id)} again.`),
  ];
}

function checkGroup(value: unknown): readonly string[] {
  return isWithin(value, 0, LARGEST_GROUP)
    ? []
    : [expected('group', `the id of a group, 0 to ${LARGEST_GROUP}`, value)];
}

function checkBuckets(value: unknown): readonly string[] {
  if (!isRecord(value)) return [expected('buckets', 'a mapping of guests to ports or to what buckets set', value)];
  return Object.entries(value)
    .filter(([, by]) => !isWithin(by, 1, LARGEST_PORT) && (typeof by !== 'string' || by.trim() === ''))
    .map(([guest, by]) => expected(`buckets.${guest}`, 'the number of a port, or what the bucket sets', by));
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}
