import { BallastError, type ErrorOptions } from '@ballast/core';

/**
 * `lab-impossible`: this machine or user cannot have a fabric. `lab-command`: a program of the system failed.
 * `lab-program`: a program on a host ended before it said what was expected. `lab-timeout`: something did not happen.
 * `lab-name`: a name that no interface can have.
 */
export type LabErrorCode = 'lab-impossible' | 'lab-command' | 'lab-program' | 'lab-timeout' | 'lab-name';

export class LabError extends BallastError {
  declare readonly code: LabErrorCode;

  constructor(code: LabErrorCode, message: string, options: ErrorOptions = {}) {
    super(code, message, options);
  }
}
