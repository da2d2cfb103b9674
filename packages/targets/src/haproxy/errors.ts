import { BallastError, type ErrorOptions } from '@ballast/core';

/** Stable words for what may go wrong at an HAProxy. */
export type HaproxyErrorCode =
  | 'haproxy-options'
  | 'haproxy-missing'
  | 'haproxy-start'
  | 'haproxy-socket-missing'
  | 'haproxy-socket-permission'
  | 'haproxy-refused'
  | 'haproxy-unreachable'
  | 'haproxy-timeout'
  | 'haproxy-aborted'
  | 'haproxy-not-runtime-socket'
  | 'haproxy-connection-lost'
  | 'haproxy-stopping'
  | 'haproxy-bad-reply'
  | 'haproxy-permission-denied'
  | 'haproxy-bad-name'
  | 'haproxy-bad-weight'
  | 'haproxy-unknown-backend'
  | 'haproxy-unknown-server'
  | 'haproxy-no-address'
  | 'haproxy-ambiguous'
  | 'haproxy-shared-server'
  | 'haproxy-maintenance'
  | 'haproxy-static-algorithm'
  | 'haproxy-command-refused'
  | 'haproxy-read-back';

/** A failure of an HAProxy, or of the way to it. */
export class HaproxyError extends BallastError {
  declare readonly code: HaproxyErrorCode;

  constructor(code: HaproxyErrorCode, message: string, options: ErrorOptions = {}) {
    super(code, message, options);
  }
}

const ADMIN_HINT = 'Check the line `stats socket` of haproxy.cfg.';

/** Translates what connecting failed with; `place` names the socket, such as `unix:/run/haproxy/admin.sock`. */
export function connectError(place: string, cause: NodeJS.ErrnoException): HaproxyError {
  const { code = '' } = cause;
  switch (code) {
    case 'ENOENT':
      return new HaproxyError('haproxy-socket-missing', `Expected HAProxy's runtime socket at ${place}, got no file.`, {
        cause,
        hint: `Is HAProxy running? ${ADMIN_HINT}`,
      });
    case 'EACCES':
    case 'EPERM':
      return new HaproxyError(
        'haproxy-socket-permission',
        `The file of the runtime socket ${place} may not be opened.`,
        {
          cause,
          hint: 'Add the user that runs Ballast to the group of the socket (`stats socket ... mode 660 group ...`).',
        },
      );
    case 'ECONNREFUSED':
      return new HaproxyError('haproxy-refused', `Nothing listens at the runtime socket ${place}.`, {
        cause,
        hint: `Is HAProxy running? ${ADMIN_HINT}`,
      });
    default:
      return new HaproxyError(
        'haproxy-unreachable',
        `The runtime socket ${place} could not be reached: ${code || cause.message}.`,
        { cause, hint: 'Check the address of the target, and the network between here and HAProxy.' },
      );
  }
}

/** HAProxy's `Permission denied`: the socket's level is below what the command needs. */
export function permissionDenied(place: string, command: string): HaproxyError {
  return new HaproxyError(
    'haproxy-permission-denied',
    `HAProxy refused \`${command}\` at ${place}: Permission denied.`,
    {
      hint: 'The socket needs `level admin` on its line `stats socket` in haproxy.cfg.',
    },
  );
}
