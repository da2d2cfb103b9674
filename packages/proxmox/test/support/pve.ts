import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Certificate, selfSigned } from './certificates.ts';

/** A request as the server got it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
}

/** An answer as Proxmox VE words it; or one written by hand. */
export type Reply =
  | { readonly data: unknown }
  | { readonly status: number; readonly reason: string; readonly errors?: Readonly<Record<string, string>> }
  | { readonly write: (response: ServerResponse) => void };

export type Handler = (seen: Seen) => Reply;

/** A real HTTPS server that speaks as pveproxy does, with the answers a test gives it. */
export class TestPve {
  readonly seen: Seen[] = [];
  /** TCP connections so far. */
  connections = 0;
  readonly certificate: Certificate;
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  readonly #routes = new Map<string, Handler>();

  private constructor(certificate: Certificate) {
    this.certificate = certificate;
    this.#server = createServer({ key: certificate.key, cert: certificate.cert });
    this.#server.on('request', (request, response) => void this.#answer(request, response));
    this.#server.on('connection', (socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    // Clients that refuse the certificate hang up in the handshake.
    this.#server.on('tlsClientError', () => undefined);
  }

  static async start(certificate?: Certificate): Promise<TestPve> {
    const pve = new TestPve(certificate ?? (await selfSigned()));
    await new Promise<void>((resolve) => pve.#server.listen(0, '127.0.0.1', resolve));
    return pve;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }
  get endpoint(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Answers `GET /version` and the like; later answers replace earlier ones. */
  on(route: string, answer: Handler | Reply): this {
    this.#routes.set(route, typeof answer === 'function' ? answer : () => answer);
    return this;
  }

  /** How often a route was asked for. */
  count(route: string): number {
    return this.seen.filter(({ method, path }) => `${method} ${path}` === route).length;
  }

  last(route: string): Seen {
    const found = this.seen.findLast(({ method, path }) => `${method} ${path}` === route);
    if (found === undefined) throw new Error(`${route} was not asked for`);
    return found;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url ?? '/', 'https://pve');
    const seen: Seen = {
      method: request.method ?? '',
      path: decodeURIComponent(url.pathname.replace(/^\/api2\/json/, '')),
      query: Object.fromEntries(url.searchParams),
      form: Object.fromEntries(new URLSearchParams(body)),
      headers: request.headers,
    };
    this.seen.push(seen);
    const route = `${seen.method} ${seen.path}`;
    const reply = this.#routes.get(route)?.(seen) ?? { status: 501, reason: `Method '${route}' not implemented` };
    write(reply, response);
  }
}

const JSON_TYPE = { 'Content-Type': 'application/json;charset=UTF-8' };

function write(reply: Reply, response: ServerResponse): void {
  if ('write' in reply) {
    reply.write(response);
    return;
  }
  if ('data' in reply) {
    response.writeHead(200, 'OK', JSON_TYPE).end(JSON.stringify({ data: reply.data }));
    return;
  }
  const { status, reason, errors } = reply;
  // In the authentication phase, and for nodes that cannot be reached, Proxmox VE sends no body at all.
  if (status === 401 || status > 590) {
    response.writeHead(status, reason, { Connection: 'close' }).end();
    return;
  }
  const body = { data: null, message: `${reason}\n`, ...(errors === undefined ? {} : { errors }) };
  response.writeHead(status, reason, { ...JSON_TYPE, Connection: 'close' }).end(JSON.stringify(body));
}
