import { BallastError, type Clock, type Instant, type Milliseconds } from '@ballast/core';
import { row, text } from '../wire/fields.ts';
import { type Credentials, type Login, redactAll } from './credentials.ts';

/** A ticket is good for two hours; it is renewed well before, whatever the clocks of the nodes say. */
const RENEW_AFTER: Milliseconds = 90 * 60_000;

interface Ticket {
  readonly ticket: string;
  readonly csrf: string;
  readonly since: Instant;
}

/** A user with a password: logs in on first use, before the ticket expires, and once more after a 401. */
export class TicketCredentials implements Credentials {
  readonly identity: string;
  readonly #username: string;
  readonly #password: string;
  readonly #clock: Clock;
  #ticket: Ticket | undefined;
  #login: Promise<Ticket> | undefined;

  /** @throws {BallastError} `proxmox-option` when the user has no realm or the password is empty */
  constructor(username: string, password: string, clock: Clock) {
    if (!/^[^\s@]+(?:@[^\s@]+)*@[\w.-]+$/.test(username) || password === '') {
      throw new BallastError(
        'proxmox-option',
        `Expected a user as USER@REALM with a password, got ${JSON.stringify(username)}${password === '' ? ' and an empty password' : ''}.`,
        { hint: 'Realms are pam, pve, or those under Datacenter > Permissions > Realms.' },
      );
    }
    this.identity = `user ${username}`;
    this.#username = username;
    this.#password = password;
    this.#clock = clock;
  }

  async headers(method: string, login: Login): Promise<Readonly<Record<string, string>>> {
    const current = this.#ticket;
    const fresh = current !== undefined && this.#clock.now() - current.since < RENEW_AFTER;
    const { ticket, csrf } = fresh ? current : await this.#renewed(login);
    return {
      Cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}`,
      ...(method === 'GET' ? {} : { CSRFPreventionToken: csrf }),
    };
  }

  renew(refused: Readonly<Record<string, string>>): boolean {
    const current = this.#ticket;
    // Another request may have renewed it meanwhile: then the new one is tried as it is.
    if (current !== undefined && refused['Cookie'] === `PVEAuthCookie=${encodeURIComponent(current.ticket)}`) {
      this.#ticket = undefined;
    }
    return true;
  }

  redact(text: string): string {
    const { ticket = '', csrf = '' } = this.#ticket ?? {};
    return redactAll(text, [this.#password, ticket, encodeURIComponent(ticket), csrf]);
  }

  /** Requests that need a ticket at the same time share one login. */
  #renewed(login: Login): Promise<Ticket> {
    this.#login ??= this.#ask(login).finally(() => {
      this.#login = undefined;
    });
    return this.#login;
  }

  async #ask(login: Login): Promise<Ticket> {
    const data = row(await login({ username: this.#username, password: this.#password }), 'a ticket');
    this.#ticket = {
      ticket: text(data, 'ticket') ?? '',
      csrf: text(data, 'CSRFPreventionToken') ?? '',
      since: this.#clock.now(),
    };
    return this.#ticket;
  }
}
