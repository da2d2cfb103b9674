import { BallastError, codeOf, describeError, type ErrorOptions, type TargetProblem } from '@ballast/core';

/** Stable words for what may go wrong at a Ryu. */
export type RyuErrorCode =
  | 'ryu-options'
  | 'ryu-unreachable'
  | 'ryu-timeout'
  | 'ryu-aborted'
  | 'ryu-unauthorized'
  | 'ryu-refused'
  | 'ryu-bad-reply'
  | 'ryu-unknown-datapath'
  | 'ryu-openflow-version'
  | 'ryu-unknown-group'
  | 'ryu-group-type'
  | 'ryu-shared-group'
  | 'ryu-opaque-action'
  | 'ryu-nobody-left'
  | 'ryu-no-address'
  | 'ryu-unknown-bucket'
  | 'ryu-ambiguous'
  | 'ryu-shared-bucket'
  | 'ryu-bad-weight'
  | 'ryu-read-back';

/** A failure of a Ryu or os-ken with ofctl_rest, of its switches, or of the way to it. */
export class RyuError extends BallastError {
  declare readonly code: RyuErrorCode;

  constructor(code: RyuErrorCode, message: string, options: ErrorOptions = {}) {
    super(code, message, options);
  }
}

/** Whether it concerns the controller and so every switch of it: said once. */
export function isOfController(error: unknown): boolean {
  return ['ryu-unreachable', 'ryu-aborted', 'ryu-unauthorized'].includes(codeOf(error));
}

/** An error as data. */
export function problemOf(error: unknown, service?: string, guest?: number): TargetProblem {
  return {
    code: codeOf(error),
    message: describeError(error),
    ...(service !== undefined && { service }),
    ...(guest !== undefined && { guest }),
  };
}
