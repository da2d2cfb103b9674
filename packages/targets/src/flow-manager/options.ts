import type { Clock, Milliseconds } from '@ballast/core';
import { type Check, type Checks, checkKeys, ENDPOINT_CHECKS, expected, isRecord } from '../options/checks.ts';
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
  /** Whether services that have a VIP are made and kept there; they are when it is left out. */
  readonly manage?: boolean;
}

/** What a service may say about itself at this target (`TargetAssignment.options`). */
export interface FlowManagerServiceOptions {
  /** What the flow manager calls it; its own name when it is left out. */
  readonly service?: string;
  /** Before the target's own. */
  readonly manage?: boolean;
}

export const DEFAULT_TIMEOUT: Milliseconds = 5_000;

const manage: Check = (value) => (typeof value === 'boolean' ? [] : [expected('manage', 'true or false', value)]);
const TARGET_CHECKS: Checks = { ...ENDPOINT_CHECKS, manage };
const SERVICE_CHECKS: Checks = {
  manage,
  service: (value) =>
    typeof value === 'string' && value !== '' ? [] : [expected('service', 'the name of a service', value)],
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
