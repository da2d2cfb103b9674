import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { onTestFinished } from 'vitest';

export interface Peer {
  readonly address: { readonly kind: 'tcp'; readonly host: string; readonly port: number };
  /** Everything that was sent to it. */
  readonly heard: () => string;
}

/** A server that is not HAProxy, for the test that runs: `answer` gets each chunk that arrives. */
export async function aPeer(answer: (chunk: string, socket: net.Socket) => void): Promise<Peer> {
  let heard = '';
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.setEncoding('latin1').on('data', (chunk) => {
      heard += String(chunk);
      answer(String(chunk), socket);
    });
    onTestFinished(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { address: { kind: 'tcp', host: '127.0.0.1', port }, heard: () => heard };
}
