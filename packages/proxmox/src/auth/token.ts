import { BallastError } from '@ballast/core';
import { type Credentials, redactAll } from './credentials.ts';

/** An API token: no login, no expiry in between, no CSRF header. */
export class TokenCredentials implements Credentials {
  readonly identity: string;
  readonly #secret: string;
  readonly #headers: () => Readonly<Record<string, string>>;

  /** @throws {BallastError} `proxmox-option` when the id or the secret has another form */
  constructor(id: string, secret: string) {
    if (!/^[^\s@!=]+@[\w.-]+![\w.-]+$/.test(id)) {
      throw new BallastError('proxmox-option', `Expected a token id as USER@REALM!NAME, got ${JSON.stringify(id)}.`, {
        hint: 'Proxmox VE shows it as "Token ID" when the token is made, such as ballast@pve!operator.',
      });
    }
    if (!/^[\x21-\x3a\x3c-\x7e]+$/.test(secret)) {
      throw new BallastError('proxmox-option', `Expected the secret of token ${id} in one line without spaces.`, {
        hint: 'Proxmox VE shows the secret once, as a UUID, when the token is made.',
      });
    }
    this.identity = `token ${id}`;
    this.#secret = secret;
    this.#headers = () => ({ Authorization: `PVEAPIToken=${id}=${secret}` });
  }

  headers(): Promise<Readonly<Record<string, string>>> {
    return Promise.resolve(this.#headers());
  }

  renew(): boolean {
    return false;
  }

  redact(text: string): string {
    return redactAll(text, [this.#secret]);
  }
}
