import type { FastifyInstance } from 'fastify';
import { putService, Registry, type RestParts, restServer, type ServiceSpec } from '../../src/index.ts';

/** A service `shop` of guests 101 to 104. */
export function aSpec(fields: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    name: 'shop',
    vip: { address: '10.9.0.100', port: 80 },
    protocol: 'tcp',
    algorithm: 'weighted',
    members: [101, 102, 103, 104].map((guest) => ({ guest, address: `10.9.0.${guest - 90}`, port: 8080 })),
    ...fields,
  };
}

/** {@link aSpec} as the body of a PUT. */
export function aBody(fields: Partial<ServiceSpec> = {}): Record<string, unknown> {
  const { name: _, ...body } = aSpec(fields);
  return body;
}

export interface Subject {
  readonly registry: Registry;
  readonly server: FastifyInstance;
  /** Sends JSON; gives the status and what the body holds. */
  readonly call: (method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, body?: unknown) => Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers is looked at by the test
  readonly body: any;
}

/** A REST API over a registry with `shop`, without a socket. */
export function aServer(parts: Partial<RestParts> = {}): Subject {
  const registry = new Registry();
  registry.change((state) => putService(state, aSpec()));
  const server = restServer({ registry, switches: () => [], ...parts });
  return {
    registry,
    server,
    async call(method, url, body) {
      const response = await server.inject({ method, url, ...(body !== undefined && { payload: body as object }) });
      return { status: response.statusCode, body: response.body === '' ? undefined : response.json() };
    },
  };
}
