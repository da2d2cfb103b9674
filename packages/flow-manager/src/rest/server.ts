import { BallastError } from '@ballast/core';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { refusalOf } from './errors.ts';
import { openApiOf } from './openapi.ts';
import type { Call, Route } from './route.ts';
import { type RouteParts, routesOf } from './routes.ts';
import { bears } from './token.ts';

export interface RestParts extends RouteParts {
  /** Served at `/metrics`; a registry of prom-client has this shape. */
  readonly metrics?: { readonly contentType: string; metrics(): Promise<string> };
  /** Why the flow manager is not healthy; undefined when it is. */
  readonly unhealthy?: () => string | undefined;
  /** Asked for on every path but /healthz and /v1/openapi.json, which tell nothing of this installation. */
  readonly token?: string;
  /** Waited for before a change is answered, such as until it is on disk; must not throw. */
  readonly kept?: () => Promise<void>;
  /** Told of errors that are not the client's. */
  readonly failed?: (error: unknown) => void;
}

/** Bytes of a request's body; 1,000 members are below 200 kB. */
const BODY_LIMIT = 1_048_576;

/** The REST API, not yet listening: the application says where. Without a token it belongs on the loopback. */
export function restServer(parts: RestParts): FastifyInstance {
  const server = fastify({
    logger: false,
    forceCloseConnections: true,
    bodyLimit: BODY_LIMIT,
    // Addresses and names, per-cent-encoded; the schemas say how long they may be.
    routerOptions: { maxParamLength: 1_000 },
    // Wrong types are refused, not bent; the error names the value.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, verbose: true } },
    frameworkErrors: (error, _, reply) => void answer(error, reply, parts),
  });
  const routes = routesOf(parts);
  server.setErrorHandler((error, _, reply) => answer(error, reply, parts));
  server.setNotFoundHandler((request, reply) => answer(unknownPath(request, routes), reply, parts));
  open(server, parts, openApiOf(routes, parts.token !== undefined));
  server.register(async (guarded) => {
    guarded.addHook('onRequest', async (request) => authorize(request, parts.token));
    for (const route of routes) serve(guarded, route, parts.kept);
    const { metrics } = parts;
    if (metrics === undefined) return;
    guarded.get('/metrics', async (_, reply) => reply.type(metrics.contentType).send(await metrics.metrics()));
  });
  return server;
}

/** What needs no token. */
function open(server: FastifyInstance, parts: RestParts, document: unknown): void {
  server.get('/v1/openapi.json', async () => document);
  server.get('/healthz', async (_, reply) => {
    const reason = parts.unhealthy?.();
    if (reason !== undefined) throw new BallastError('rest-unhealthy', reason);
    return reply.type('text/plain').send('ok\n');
  });
}

function serve(server: FastifyInstance, route: Route, kept?: () => Promise<void>): void {
  const { method, path, params, body, answer: answered, handle } = route;
  server.route({
    method,
    url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
    schema: {
      ...(params !== undefined && { params }),
      ...(body !== undefined && { body }),
      ...(answered !== undefined && { response: { 200: answered } }),
    },
    handler: async ({ params: given, body: sent }, reply) => {
      const result = await handle({ params: given as Call['params'], body: sent });
      if (method !== 'GET') await kept?.();
      return answered === undefined ? reply.code(204).send() : result;
    },
  });
}

function authorize({ headers }: FastifyRequest, token: string | undefined): void {
  if (token === undefined || bears(headers.authorization, token)) return;
  throw new BallastError('rest-unauthorized', 'Expected the bearer token of this flow manager.', {
    hint: 'Send the header "Authorization: Bearer TOKEN".',
  });
}

function answer(error: unknown, reply: FastifyReply, { failed }: RestParts): FastifyReply {
  const { status, body } = refusalOf(error);
  if (status === 500) failed?.(error);
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}

function unknownPath({ method, url }: FastifyRequest, routes: readonly Route[]): BallastError {
  const [path = ''] = url.split('?');
  const known = [...new Set(routes.map((route) => route.path))];
  return new BallastError('rest-unknown-path', `There is no ${method} ${path.slice(0, 200)}.`, {
    hint: `GET /v1/openapi.json describes what there is: ${known.join(', ')}.`,
  });
}
