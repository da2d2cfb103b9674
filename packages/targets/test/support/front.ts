import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Stands before a REST API for the test that runs. */
export interface Front {
  readonly url: string;
  /** Paths that were asked for, with their methods. */
  readonly asked: readonly string[];
}

/** Passes requests on to `to`, after `before` has done its part. */
export async function aFront(
  to: string,
  before: (request: string) => Promise<void> = async () => undefined,
): Promise<Front> {
  const asked: string[] = [];
  const url = await listening(
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.once('end', () => {
        const { method = 'GET', url: path = '/' } = request;
        asked.push(`${method} ${path}`);
        const headers = { 'content-type': request.headers['content-type'] ?? 'text/plain' };
        const body = method === 'GET' ? {} : { headers, body: Buffer.concat(chunks) };
        before(`${method} ${path}`)
          .then(() => fetch(new URL(path, to), { method, ...body }))
          .then(async (reply) => response.writeHead(reply.status).end(await reply.text()))
          .catch(() => response.destroy());
      });
    }),
  );
  return { url, asked };
}

/** A server that answers every request alike: no controller. */
export async function aStranger(status: number, text: string): Promise<Front> {
  const asked: string[] = [];
  const url = await listening(
    createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(text);
    }),
  );
  return { url, asked };
}

/** A server that never answers; `arrived` resolves with the next request. */
export async function aSilence(): Promise<{ readonly url: string; readonly arrived: () => Promise<void> }> {
  const waiting: (() => void)[] = [];
  const url = await listening(createServer(() => waiting.shift()?.()));
  return { url, arrived: () => new Promise((resolve) => waiting.push(resolve)) };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
