import type { Milliseconds } from '@ballast/core';

/** The request that failed, as far as it may be told. */
export interface FailedCall {
  readonly method: string;
  /** Without `/api2/json` and query. */
  readonly path: string;
  /** `host:port`. */
  readonly endpoint: string;
  /** Who asked: `token user@realm!name` or `user user@realm`. */
  readonly identity: string;
  readonly timeout: Milliseconds;
}

/** Error numbers of our own, beside those of Node. */
export type OwnErrno =
  | 'BALLAST_TIMEOUT'
  | 'BALLAST_ENDPOINT_DOWN'
  | 'BALLAST_FINGERPRINT'
  | 'BALLAST_TRUNCATED'
  | 'BALLAST_TOO_LARGE'
  | 'BALLAST_NOT_JSON'
  | 'BALLAST_NO_DATA'
  | 'BALLAST_NEED_TFA';

/** What happened, before it has a name. */
export interface Failure {
  readonly call: FailedCall;
  /** HTTP status; 0 when there was none. */
  readonly status: number;
  /** Why no usable answer came: Node's `code` or one of ours; empty when the status tells. */
  readonly errno: OwnErrno | (string & {});
  /** The HTTP reason phrase, where Proxmox VE puts its message, or the text of the error. */
  readonly text: string;
  /** Faults of single parameters. */
  readonly fields: Readonly<Record<string, string>>;
  readonly unsent: boolean;
}
