import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Instant, Milliseconds } from '@ballast/core';
import type { Accounts, Ticket, TokenEntry } from '../api/accounts.ts';
import { userOf } from '../api/identity.ts';
import type { Grant, Identity } from '../api/who.ts';
import type { SimulatorToken, SimulatorUser } from './options.ts';

const LIFETIME: Milliseconds = 7_200_000;

/** Why nobody is let in; the text is the reason phrase. */
export type Rejection = 'No ticket' | 'Authentication failed!' | 'Permission denied - invalid csrf token';

/** Knows users and tokens, and makes and checks tickets. */
export class SignIn implements Accounts {
  readonly #key = randomBytes(32);
  readonly #users: ReadonlyMap<string, SimulatorUser>;
  readonly #tokens: ReadonlyMap<string, SimulatorToken>;
  readonly #revoked = new Set<string>();
  /** By a token and its secret, as they come: who was let in with them. */
  readonly #letIn = new Map<string, Identity>();
  /** Number of the newest ticket: its time in microseconds, or one more than the last where that is not later. */
  #newest = Number.NEGATIVE_INFINITY;
  #validFrom = Number.NEGATIVE_INFINITY;

  constructor(users: readonly SimulatorUser[], tokens: readonly SimulatorToken[]) {
    this.#users = new Map(users.map((user) => [user.name, user]));
    this.#tokens = new Map(tokens.map((token) => [token.id, token]));
  }

  revoke(token: string): () => void {
    this.#revoked.add(token);
    return () => this.#revoked.delete(token);
  }

  /** Tickets that were given out so far are no longer taken. */
  expireTickets(): () => void {
    const before = this.#validFrom;
    this.#validFrom = this.#newest + 1;
    return () => {
      this.#validFrom = before;
    };
  }

  /** Who sends these headers. The cookie goes before the token. */
  identify(method: string, headers: IncomingHttpHeaders, now: Instant): Identity | Rejection {
    const ticket = cookieOf(headers);
    if (ticket !== undefined) return this.#byTicket(ticket, method, headers, now);
    const token = tokenOf(headers);
    return token === undefined ? 'No ticket' : this.#byToken(token);
  }

  sign(username: string, password: string, challenge: string | undefined, now: Instant): Ticket | undefined {
    const user = this.#users.get(username);
    if (user === undefined) return undefined;
    if (challenge !== undefined) {
      const answered = this.#check(challenge, now) === `!tfa!${username}` && same(password, `totp:${user.totp ?? ''}`);
      return answered ? this.#issue(username, now) : undefined;
    }
    if (this.#check(password, now) === username) return this.#issue(username, now);
    if (!same(password, user.password)) return undefined;
    if (user.totp === undefined) return this.#issue(username, now);
    return { ...this.#issue(`!tfa!${username}`, now), username, NeedTFA: 1 };
  }

  tokensOf(user: string): readonly TokenEntry[] | undefined {
    const own = [...this.#tokens.values()].filter(({ id }) => userOf(id) === user);
    if (own.length === 0 && !this.#users.has(user)) return undefined;
    return own.map(({ id, privsep }) => ({ tokenid: id.slice(user.length + 1), privsep: privsep === false ? 0 : 1 }));
  }

  identityOf(name: string): Identity | undefined {
    const token = this.#tokens.get(name);
    if (token !== undefined) return this.#tokenIdentity(token);
    const user = this.#users.get(name);
    return user === undefined ? undefined : { name, grants: grantsOf(user) };
  }

  /** A token has rights of its own; with separate ones only those that its user has too, else all of its user's. */
  #tokenIdentity(token: SimulatorToken): Identity {
    const user = token.privsep === undefined ? undefined : this.#users.get(userOf(token.id));
    if (user === undefined) return { name: token.id, grants: grantsOf(token) };
    if (token.privsep) {
      return { name: token.id, grants: grantsOf(token), owner: { name: user.name, grants: grantsOf(user) } };
    }
    const all: readonly Grant[] = user.name === 'root@pam' ? [{ path: '/', role: 'Administrator' }] : grantsOf(user);
    return { name: token.id, grants: all };
  }

  #issue(username: string, now: Instant): Ticket {
    const stamp = Math.floor(now / 1000)
      .toString(16)
      .toUpperCase()
      .padStart(8, '0');
    const plain = `PVE:${username}:${stamp}`;
    const number = Math.max(this.#newest + 1, now * 1000);
    this.#newest = number;
    return {
      ticket: `${plain}::${this.#mac(`${plain}:${number}`)}${number.toString(36)}`,
      CSRFPreventionToken: `${stamp}:${this.#mac(`csrf:${stamp}:${username}`)}`,
      username,
    };
  }

  /** The name in a ticket that is good. */
  #check(ticket: string, now: Instant): string | undefined {
    const parts = /^(PVE:([^:]+):[0-9A-F]{8,})::(.{43}=)([0-9a-z]+)$/.exec(ticket);
    if (parts === null) return undefined;
    const [, plain = '', name = '', mac = '', issued = ''] = parts;
    const at = Number.parseInt(issued, 36);
    if (!same(mac, this.#mac(`${plain}:${at}`))) return undefined;
    return at >= this.#validFrom && now - at / 1000 <= LIFETIME ? name : undefined;
  }

  #byTicket(ticket: string, method: string, headers: IncomingHttpHeaders, now: Instant): Identity | Rejection {
    const name = this.#check(ticket, now);
    const user = name === undefined ? undefined : this.#users.get(name);
    if (user === undefined) return 'Authentication failed!';
    if (method !== 'GET' && !this.#csrf(headers['csrfpreventiontoken'], user.name)) {
      return 'Permission denied - invalid csrf token';
    }
    return { name: user.name, grants: grantsOf(user) };
  }

  #csrf(header: string | string[] | undefined, username: string): boolean {
    if (typeof header !== 'string') return false;
    const [stamp = ''] = header.split(':');
    return same(header, `${stamp}:${this.#mac(`csrf:${stamp}:${username}`)}`);
  }

  #byToken(value: string): Identity | Rejection {
    const known = this.#letIn.get(value);
    if (known !== undefined) return this.#revoked.has(known.name) ? 'Authentication failed!' : known;
    const at = value.lastIndexOf('=');
    const token = this.#tokens.get(value.slice(0, at));
    if (at < 0 || token === undefined || this.#revoked.has(token.id)) return 'Authentication failed!';
    if (!same(value.slice(at + 1), token.secret)) return 'Authentication failed!';
    const identity = this.#tokenIdentity(token);
    this.#letIn.set(value, identity);
    return identity;
  }

  #mac(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64');
  }
}

function grantsOf(owner: SimulatorToken | SimulatorUser): readonly Grant[] {
  return [{ path: '/', role: owner.role ?? 'Balancer' }, ...(owner.grants ?? [])];
}

function cookieOf(headers: IncomingHttpHeaders): string | undefined {
  const found = /(?:^|;\s*)PVEAuthCookie=([^;]*)/.exec(headers.cookie ?? '');
  return found?.[1] === undefined ? undefined : decoded(found[1]);
}

/** Whether an API token was sent. */
export function hasToken(headers: IncomingHttpHeaders): boolean {
  return tokenOf(headers) !== undefined;
}

/** `PVEAPIToken=ID=SECRET`, or with a blank in place of the first sign. */
function tokenOf(headers: IncomingHttpHeaders): string | undefined {
  const found = /(?:^|\s)PVEAPIToken(?:=| )([^;]*)/.exec(headers.authorization ?? '');
  return found?.[1] === undefined ? undefined : decoded(found[1]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function same(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
