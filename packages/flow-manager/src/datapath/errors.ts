import { BallastError, type ErrorOptions } from '@ballast/core';

/** Stable words for what may go wrong with a switch that speaks OpenFlow well. */
export type DatapathErrorCode =
  | 'switch-stale-generation'
  | 'switch-role-refused'
  | 'switch-is-slave'
  | 'switch-row-refused'
  | 'switch-bundle-refused'
  | 'switch-read-back'
  | 'desired-unmarked'
  | 'desired-ambiguous'
  | 'desired-not-sayable';

export class DatapathError extends BallastError {
  declare readonly code: DatapathErrorCode;

  constructor(code: DatapathErrorCode, message: string, options: ErrorOptions = {}) {
    super(code, message, options);
  }
}

/** Another controller holds a newer generation id: who gets this leads no longer, and must write nothing more. */
export class StaleGenerationError extends DatapathError {
  readonly generation: bigint;

  constructor(switchName: string, generation: bigint, cause: unknown) {
    super('switch-stale-generation', `${switchName} knows a generation newer than ${generation}.`, {
      cause,
      hint: 'Another controller took over; this one may lead again only with a newer fencing token.',
    });
    this.generation = generation;
  }
}

/** For a person. */
export function nameOfSwitch(id: bigint): string {
  return `switch ${hexOf(id)}`;
}

/** A datapath id as Open vSwitch prints it: 16 hexadecimal digits. */
export function hexOf(id: bigint): string {
  return id.toString(16).padStart(16, '0');
}
