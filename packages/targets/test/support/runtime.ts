import net from 'node:net';
import type { RunningHaproxy } from '@ballast/targets';

/** Runs one command as an administrator with `socat` would: a connection of its own, until HAProxy closes it. */
export function runtime(haproxy: RunningHaproxy, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let reply = '';
    const socket = net.connect(haproxy.socket.path, () => socket.write(`${command}\n`));
    socket.setEncoding('utf8').on('data', (chunk) => {
      reply += String(chunk);
    });
    socket.once('error', reject);
    socket.once('end', () => resolve(reply));
  });
}

/** Columns of a server in `show servers state`. */
export async function serverColumns(
  haproxy: RunningHaproxy,
  backend: string,
  server: string,
): Promise<readonly string[]> {
  const reply = await runtime(haproxy, `show servers state ${backend}`);
  const line = reply.split('\n').find((candidate) => candidate.split(' ')[3] === server);
  if (line === undefined) throw new Error(`no server ${backend}/${server}`);
  return line.split(' ');
}

/** The weight that HAProxy says a server has. */
export async function weightOf(haproxy: RunningHaproxy, backend: string, server: string): Promise<number> {
  return Number((await serverColumns(haproxy, backend, server))[7]);
}
