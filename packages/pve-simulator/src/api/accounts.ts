import type { Instant } from '@ballast/core';
import type { Identity } from './who.ts';

/** A ticket as POST /access/ticket gives it. */
export interface Ticket {
  readonly ticket: string;
  readonly CSRFPreventionToken: string;
  readonly username: string;
  /** A second factor is still to be given. */
  readonly NeedTFA?: 1;
}

/** A token as lists show it. */
export interface TokenEntry {
  readonly tokenid: string;
  readonly privsep: 0 | 1;
}

/** Users and tokens of the cluster. */
export interface Accounts {
  /** A ticket for a password, for a ticket that is still good, or for a second factor; undefined when it is wrong. */
  sign(username: string, password: string, challenge: string | undefined, now: Instant): Ticket | undefined;
  /** Tokens of a user; undefined for a user that is not there. */
  tokensOf(user: string): readonly TokenEntry[] | undefined;
  /** A user, or a token by its whole name, with its rights. */
  identityOf(name: string): Identity | undefined;
}
