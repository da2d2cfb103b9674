import { createServer, type Server } from 'node:https';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { BallastError, type NodeName } from '@ballast/core';
import { nodeOf } from '../world/world.ts';
import { type Desk, serve } from './front-desk.ts';
import type { SimulatorTls } from './options.ts';

/** A node that can be asked. */
export interface Entry {
  readonly node: NodeName;
  readonly server: Server;
  broken: boolean;
}

/** An entry point that does not listen yet. */
export function openEntry(desk: Desk, node: NodeName, tls: SimulatorTls): Entry {
  const server = createServer({ key: tls.key, cert: tls.cert, keepAliveTimeout: 60_000 }, (request, response) => {
    if (isDown(desk, entry)) {
      request.socket.destroy();
      return;
    }
    serve(desk, node, request, response).catch(() => request.socket.destroy());
  });
  const entry: Entry = { node, server, broken: false };
  // A host that is off takes no connection either.
  server.on('connection', (socket) => {
    if (isDown(desk, entry)) socket.destroy();
  });
  server.on('tlsClientError', (_, socket) => socket.destroy());
  return entry;
}

function isDown(desk: Desk, entry: Entry): boolean {
  return entry.broken || nodeOf(desk.live.world, entry.node)?.online === false;
}

/**
 * Lets all of them listen, or none.
 * @returns their ports
 * @throws {BallastError} `simulator-listen` when a port cannot be had
 */
export async function listen(entries: readonly Entry[], host: string, first: number): Promise<readonly number[]> {
  const ports: number[] = [];
  try {
    for (const [i, { server }] of entries.entries()) {
      ports.push(await listenOn(server, host, first === 0 ? 0 : first + i));
    }
    return ports;
  } catch (error) {
    for (const { server } of entries) server.close();
    throw error;
  }
}

/** Lets a server listen. @returns its port. @throws {BallastError} `simulator-listen` when the port cannot be had */
export function listenOn(server: NetServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => {
      reject(
        new BallastError('simulator-listen', `Expected to listen on ${host}:${port}, got: ${cause.message}.`, {
          cause,
          hint: 'Choose another port or host, or stop what listens there.',
        }),
      );
    };
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
