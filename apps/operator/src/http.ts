import { timingSafeEqual } from 'node:crypto';
import fastify, { type FastifyInstance } from 'fastify';

/** What the listening port answers from. */
export interface HttpParts {
  /** Prometheus's text format. */
  readonly metrics: () => Promise<string>;
  readonly contentType: string;
  /** Why the operator is not ready; undefined when it is. */
  readonly unready: () => string | undefined;
  /** Why the operator is not healthy; undefined when it is. */
  readonly unhealthy: () => string | undefined;
  /** Asked for on /metrics when set. The health paths tell nothing that is worth a token. */
  readonly token?: string;
}

/** `/metrics`, `/healthz` (is the loop alive?) and `/readyz` (did the newest round complete?). */
export function httpServer(parts: HttpParts): FastifyInstance {
  const server = fastify({ logger: false, forceCloseConnections: true });
  server.get('/metrics', async (request, reply) => {
    if (!mayRead(request.headers.authorization, parts.token)) {
      return reply.code(401).header('www-authenticate', 'Bearer').send('Expected "Authorization: Bearer TOKEN".\n');
    }
    return reply.type(parts.contentType).send(await parts.metrics());
  });
  for (const [path, fault] of [['/healthz', parts.unhealthy] as const, ['/readyz', parts.unready] as const]) {
    server.get(path, async (_, reply) => {
      const reason = fault();
      return reply
        .code(reason === undefined ? 200 : 503)
        .type('text/plain')
        .send(`${reason ?? 'ok'}\n`);
    });
  }
  return server;
}

function mayRead(header: string | undefined, token: string | undefined): boolean {
  if (token === undefined) return true;
  const expected = Buffer.from(`Bearer ${token}`);
  const got = Buffer.from(header ?? '');
  return got.length === expected.length && timingSafeEqual(got, expected);
}
