import { BallastError, type ErrorOptions } from '@ballast/core';

/** `monitor.ping-unavailable`: this machine cannot ping. `monitor.invalid`: a monitor without what its type needs. */
export type MonitorErrorCode = 'monitor.ping-unavailable' | 'monitor.invalid';

/** A probe that could not be made. It says nothing about the member, whose health stays as it was. */
export class MonitorError extends BallastError {
  constructor(code: MonitorErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}
