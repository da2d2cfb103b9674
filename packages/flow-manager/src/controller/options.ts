import type { Clock, Milliseconds } from '@ballast/core';
import type { ChannelError } from '../channel/errors.ts';
import type { ChannelLimits, TlsOptions } from '../channel/options.ts';
import type { Datapath, DatapathEvents } from '../datapath/datapath.ts';
import type { Role } from '../datapath/roles.ts';
import type { DesiredState } from '../desired.ts';
import type { Outcome } from '../reconcile/reconcile.ts';

/** What each switch is to have: by its id, or worked out from what it is. `undefined` leaves a switch as it is. */
export type Desired = ReadonlyMap<bigint, DesiredState> | ((datapath: Datapath) => DesiredState | undefined);

/** Who is told what happens. Called in the turn in which it happens; they must not wait. */
export interface ControllerHooks extends Omit<DatapathEvents, 'closed' | 'doubted'> {
  /** A switch has connected, said who it is, and taken the role. */
  connected?(datapath: Datapath): void;
  disconnected?(datapath: Datapath, reason: ChannelError): void;
  /**
   * Nothing was left to do in the end; `outcome` says what was done, and whether the switch was read since. Where it was
   * not, this is called again when it was, soon.
   */
  reconciled?(datapath: Datapath, outcome: Outcome): void;
  /** Something failed at a switch, or before it was known which (`undefined`). It is tried again. */
  failed?(datapath: Datapath | undefined, error: unknown): void;
}

export interface ControllerOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly tls?: TlsOptions;
  readonly clock: Clock;
  /** `equal` by default: no other controller writes. */
  readonly role?: Role;
  /** The leader's fencing token. */
  readonly generation?: bigint;
  readonly hooks?: ControllerHooks;
  readonly limits?: ChannelLimits;
  /** How often a switch is looked at although nothing is known to have changed. */
  readonly recheckInterval?: Milliseconds;
  /** First pause after a failure; it doubles up to `recheckInterval`. */
  readonly retryInterval?: Milliseconds;
  /** A switch that was changed without being read is read when no further change has come for this long. */
  readonly verifyDelay?: Milliseconds;
}

export const RECHECK_INTERVAL: Milliseconds = 30_000;
export const RETRY_INTERVAL: Milliseconds = 500;
export const VERIFY_DELAY: Milliseconds = 1_000;
/** Switches that are looked at at once where nobody waits for it, and how long one counts as such. */
export const LOOKS_AT_ONCE = 4;
export const LOOK_PATIENCE: Milliseconds = 1_000;
