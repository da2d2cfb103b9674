import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * Tells systemd about a change of state, when it asked to be told (`Type=notify`).
 * Node has no datagram sockets on UNIX addresses: systemd's own program sends the message, so the unit needs
 * `NotifyAccess=all`.
 */
export async function notifySystemd(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  if (!env['NOTIFY_SOCKET']) return false;
  await execute('systemd-notify', [`--pid=${process.pid}`, ...words], { env: { ...env } });
  return true;
}
