import { BallastError, type ErrorOptions } from '@ballast/core';

/**
 * What kind of failure it is: the only thing that decisions are made by.
 *
 * - `transient`   the same request may succeed later
 * - `fatal`       it will not, until somebody changes something
 * - `auth`        the credentials are refused
 * - `permission`  the credentials are good, a privilege is missing
 * - `conflict`    the state of the guest or the cluster stands against it
 * - `gone`        what it names does not exist (any more)
 * - `tls`         the server could not be verified; nothing was sent
 */
export type FailureKind = 'transient' | 'fatal' | 'auth' | 'permission' | 'conflict' | 'gone' | 'tls';

export interface ProxmoxErrorFields extends ErrorOptions {
  readonly kind: FailureKind;
  /** The HTTP status, when there was an answer. */
  readonly status?: number;
  /** Proxmox VE's own words. */
  readonly reason?: string;
  /** The endpoint is to blame: another one may do better. */
  readonly elsewhere?: boolean;
  /** No byte of the request left this machine. */
  readonly unsent?: boolean;
}

/** A request to the Proxmox VE API that failed. See `failures.ts` for every code. */
export class ProxmoxError extends BallastError {
  readonly kind: FailureKind;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly elsewhere: boolean;
  readonly unsent: boolean;

  constructor(code: string, message: string, fields: ProxmoxErrorFields) {
    super(code, message, fields);
    this.kind = fields.kind;
    this.status = fields.status;
    this.reason = fields.reason;
    this.elsewhere = fields.elsewhere ?? false;
    this.unsent = fields.unsent ?? false;
  }

  /** The same failure, told to a request that never left: another one met it. */
  asUnsent(): ProxmoxError {
    const { code, message, kind, elsewhere, status, reason, hint } = this;
    return new ProxmoxError(code, message, {
      kind,
      elsewhere,
      unsent: true,
      ...(status === undefined ? {} : { status }),
      ...(reason === undefined ? {} : { reason }),
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

export function hasKind(error: unknown, ...kinds: readonly FailureKind[]): error is ProxmoxError {
  return error instanceof ProxmoxError && kinds.includes(error.kind);
}

export function hasCode(error: unknown, ...codes: readonly string[]): error is ProxmoxError {
  return error instanceof ProxmoxError && codes.includes(error.code);
}
