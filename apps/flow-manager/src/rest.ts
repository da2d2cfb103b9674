import type { ListenConfig } from '@ballast/config';
import { BallastError } from '@ballast/core';
import { type RestParts, restServer } from '@ballast/flow-manager';
import type { FlowManagerMetrics } from '@ballast/telemetry';

export interface RestApi {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the REST API, and counts its requests.
 * @throws {BallastError} `listen-failed`
 */
export async function startRest(
  { host, port, token }: ListenConfig,
  metrics: FlowManagerMetrics,
  parts: Omit<RestParts, 'token'>,
): Promise<RestApi> {
  const server = restServer({ ...parts, ...(token !== undefined && { token }) });
  server.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    metrics.recordRequest({ method, route: routeOptions.url, status: reply.statusCode, duration: reply.elapsedTime });
  });
  try {
    // Not shared with another process: two flow managers on one port would each get some of the requests.
    const url = await server.listen({ host, port, exclusive: true });
    return { url, close: () => server.close() };
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new BallastError('listen-failed', `Expected to serve the REST API at ${host}:${port}, got ${why}.`, {
      cause,
      hint: 'Choose a free port in `rest`, or stop the program that holds it.',
    });
  }
}
