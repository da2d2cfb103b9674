import { BallastError, type ErrorOptions } from '@ballast/core';

/** `service.invalid`: a service that cannot be compiled. `service.unsupported`: one that flows cannot carry. */
export type ServiceErrorCode = 'service.invalid' | 'service.unsupported';

/** A service that the flow manager does not take. */
export class ServiceError extends BallastError {
  constructor(code: ServiceErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}
