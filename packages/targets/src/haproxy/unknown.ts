import { nearestNames } from '@ballast/core';
import { handleOf } from './commands.ts';
import { HaproxyError } from './errors.ts';
import type { ServerRow } from './servers.ts';

/** The backend is not there; names the nearest that are. */
export function unknownBackend(target: string, backend: string, known: readonly string[]): HaproxyError {
  return new HaproxyError(
    'haproxy-unknown-backend',
    `HAProxy "${target}" has no backend "${backend}"${nearest(backend, known)}`,
    {
      hint: 'Name the backend after the service, or set `backend` for it.',
    },
  );
}

/** The server is not in its backend; names the nearest that are. */
export function unknownServer(
  wanted: { readonly backend: string; readonly server: string },
  guest: string,
  known: readonly ServerRow[],
): HaproxyError {
  return new HaproxyError(
    'haproxy-unknown-server',
    `Backend "${wanted.backend}" has no server "${wanted.server}" for guest ${guest}${nearest(
      wanted.server,
      known.map((row) => row.server),
    )}`,
    { hint: 'Name the server after the guest, or map the guest under `overrides`.' },
  );
}

/** No server has the member's address and port. */
export function unknownAddress(
  backend: string,
  address: string,
  port: number,
  guest: string,
  known: readonly ServerRow[],
): HaproxyError {
  const others = known.filter((row) => row.address === address).map((row) => `${handleOf(row)} with port ${row.port}`);
  const near = others.length > 0 ? `; at that address is ${others.join(', ')}.` : '.';
  return new HaproxyError(
    'haproxy-unknown-server',
    `Backend "${backend}" has no server at ${address} port ${port} for guest ${guest}${near}`,
    { hint: "Give the service the servers' port, or map the guest under `overrides`." },
  );
}

function nearest(wanted: string, known: readonly string[]): string {
  const near = nearestNames(wanted, known);
  if (near.length > 0) return `; nearest: ${near.join(', ')}.`;
  return known.length > 0
    ? `; it has ${known.slice(0, 5).join(', ')}${known.length > 5 ? ', ...' : ''}.`
    : '; it has none.';
}
