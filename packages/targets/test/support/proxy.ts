import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { onTestFinished } from 'vitest';

/** Stands between a target and a socket, and can cut what passes. */
export interface Proxy {
  readonly address: { readonly kind: 'tcp'; readonly host: string; readonly port: number };
  /** Connections that were made so far. */
  readonly connections: () => number;
  /** Everything that was sent to the socket. */
  readonly sent: () => string;
  /** Closes the connections that are open. */
  readonly cut: () => void;
  /** Each later connection passes this many bytes of replies, then it is closed or falls silent. */
  readonly passOnly: (bytes: number, then: 'close' | 'silence') => void;
}

/**
 * A proxy before the unix socket at `path`, for the test that runs.
 * @param before is awaited with what was sent, before it is passed on
 */
export async function proxyTo(path: string, before?: (sent: string) => Promise<void>): Promise<Proxy> {
  const open = new Set<net.Socket>();
  let connections = 0;
  let sent = '';
  let limit = Number.POSITIVE_INFINITY;
  let then: 'close' | 'silence' = 'close';
  const server = net.createServer((client) => {
    connections += 1;
    let left = limit;
    const end = then;
    const upstream = net.connect(path);
    open.add(client);
    client.once('close', () => {
      open.delete(client);
      upstream.destroy();
    });
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    upstream.once('close', () => client.destroy());
    client.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1');
      sent += text;
      if (before === undefined) return void upstream.write(chunk);
      client.pause();
      before(text).then(
        () => {
          upstream.write(chunk);
          client.resume();
        },
        (error: Error) => client.destroy(error),
      );
    });
    upstream.on('data', (chunk: Buffer) => {
      const part = chunk.subarray(0, left);
      left -= part.length;
      if (part.length > 0) client.write(part);
      if (left <= 0 && end === 'close') client.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  onTestFinished(() => {
    cut();
    server.close();
  });
  return {
    address: { kind: 'tcp', host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    connections: () => connections,
    sent: () => sent,
    cut,
    passOnly: (bytes, what) => {
      limit = bytes;
      then = what;
    },
  };
}
