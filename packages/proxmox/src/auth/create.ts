import type { Clock } from '@ballast/core';
import type { ProxmoxAuth } from '../options.ts';
import type { Credentials } from './credentials.ts';
import { TicketCredentials } from './ticket.ts';
import { TokenCredentials } from './token.ts';

/** @throws {BallastError} `proxmox-option` */
export function createCredentials(auth: ProxmoxAuth, clock: Clock): Credentials {
  switch (auth.kind) {
    case 'token':
      return new TokenCredentials(auth.id, auth.secret);
    case 'ticket':
      return new TicketCredentials(auth.username, auth.password, clock);
  }
}
