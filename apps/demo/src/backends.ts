import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GuestId, Milliseconds, Ratio } from '@ballast/core';

/** Work of one request on an idle node. */
const SERVICE_TIME: Milliseconds = 4;
/** Utilization beyond it is treated as this much: a queue in a closed world does not grow for ever. */
const MOST_BUSY = 0.97;
const LOOPBACK = '127.0.0.1';

/** A web server inside a simulated guest. */
export interface Backend {
  readonly guest: GuestId;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Requests answered so far. */
  readonly served: () => number;
  readonly close: () => Promise<void>;
}

/** Mean time to answer on a node this busy: service time over what is left, as in a queue with one server (M/M/1). */
export function meanResponseTime(busy: Ratio): Milliseconds {
  return SERVICE_TIME / (1 - Math.min(MOST_BUSY, Math.max(0, busy)));
}

/** Time to answer one request; it is distributed exponentially. */
export function responseTime(busy: Ratio, chance: Ratio): Milliseconds {
  return meanResponseTime(busy) * -Math.log(1 - Math.min(0.999, chance));
}

/**
 * Starts an HTTP server that answers as slowly as the node under its guest is busy.
 * @param busy utilization of the guest's node now; above 1 when more is asked for than there is
 */
export async function startBackend(
  guest: { readonly id: GuestId; readonly name: string },
  busy: () => Ratio,
  random: () => number,
): Promise<Backend> {
  let served = 0;
  const server = createServer((_, response) => {
    setTimeout(
      () => {
        served += 1;
        response.setHeader('x-guest', guest.name);
        response.end('ok\n');
      },
      responseTime(busy(), random()),
    );
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    guest: guest.id,
    name: guest.name,
    address: LOOPBACK,
    port,
    served: () => served,
    close: () => closeServer(server),
  };
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
