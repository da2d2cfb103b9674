import { BallastError } from '@ballast/core';

/** An answer of the API other than success: status, message (its first line is the reason phrase) and faulty parameters. */
export class Refusal extends BallastError {
  readonly status: number;
  readonly errors?: Readonly<Record<string, string>>;

  constructor(status: number, message: string, errors?: Readonly<Record<string, string>>) {
    super('api-refusal', message);
    this.status = status;
    if (errors !== undefined) this.errors = errors;
  }
}

/** 400, naming the parameters at fault. */
export function badParameters(errors: Readonly<Record<string, string>>): Refusal {
  return new Refusal(400, 'Parameter verification failed.', errors);
}

/** 500: whatever dies in a handler of Proxmox VE. */
export function died(message: string): Refusal {
  return new Refusal(500, message);
}
