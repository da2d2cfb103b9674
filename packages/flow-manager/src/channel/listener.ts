import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Connection } from './connection.ts';
import { ChannelError } from './errors.ts';
import { Flushes } from './flushes.ts';
import { CHANNEL_LIMITS, type ListenOptions } from './options.ts';
import { Turns } from './turns.ts';

/** Where switches connect. */
export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Takes no more connections; those there are stay. Resolves when the port is free. */
  close(): Promise<void>;
}

/**
 * Takes connections over TCP, or TLS 1.2 and later. `refused` is told of those that failed before they were one, such
 * as a switch without a certificate.
 * @throws {ChannelError} the port is taken or may not be used; key or certificate are none
 */
export async function listen(
  options: ListenOptions,
  connected: (connection: Connection) => void,
  refused: (error: ChannelError) => void,
): Promise<Listener> {
  const { host, port, clock } = options;
  const limits = { ...CHANNEL_LIMITS, ...options.limits };
  const turns = new Turns();
  const flushes = new Flushes();
  const sockets = new Set<Socket>();
  const server = createServerOf(options, limits.handshakeTimeout, (socket) => {
    connected(new Connection({ socket, clock, turns, flushes, limits }));
  });
  server.maxConnections = limits.maxConnections;
  // Until TLS is agreed on a socket belongs to nobody else.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', (cause: Error, socket: Socket) => refused(tlsRefused(socket, cause)));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(cannotListen(host, port, cause)));
    // Not shared with another process: two controllers on one port would each get some of the switches.
    server.listen({ host, port, exclusive: true }, () => resolve());
  });
  server.on('error', (cause) => refused(cannotListen(host, port, cause)));
  const bound = server.address();
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { host, port: typeof bound === 'object' && bound !== null ? bound.port : port, close };
}

function createServerOf(options: ListenOptions, timeout: number, take: (socket: Socket) => void): Server {
  const { tls } = options;
  if (tls === undefined) return createServer({ noDelay: true, keepAlive: true }, take);
  const clients = tls.ca === undefined ? {} : { ca: tls.ca, requestCert: true, rejectUnauthorized: true };
  try {
    const { key, cert } = tls;
    return createTlsServer({ key, cert, minVersion: 'TLSv1.2', handshakeTimeout: timeout, ...clients }, take);
  } catch (cause) {
    throw new ChannelError('channel-tls', 'Expected a key and certificates in PEM for the port of the switches.', {
      cause,
      hint: 'Check that the files are PEM, and that key and certificate belong together.',
    });
  }
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): ChannelError {
  const taken = cause.code === 'EADDRINUSE';
  const why = taken ? 'another program listens there' : (cause.code ?? cause.message);
  return new ChannelError('channel-listen', `Switches cannot be awaited at ${host}:${port}: ${why}.`, {
    cause,
    hint: taken ? 'Stop the other controller, or choose another port.' : 'Check the address and the permissions.',
  });
}

function tlsRefused(socket: Socket, cause: Error): ChannelError {
  const from = `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`;
  return new ChannelError('channel-tls', `TLS with ${from} failed: ${cause.message}`, {
    cause,
    hint: 'The switch needs a certificate of the controller’s CA (`ovs-vsctl set-ssl KEY CERT CA`), and `ssl:` as scheme.',
  });
}
