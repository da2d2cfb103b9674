import type { AddressInfo } from 'node:net';
import type { WeightTarget } from '@ballast/core';
import { putService, Registry, type RestParts, restServer } from '@ballast/flow-manager';
import { CONFORMANCE_POOLS } from '@ballast/testkit/conformance';
import { flowManagerTarget } from '../../src/index.ts';
import { machineClock as clock } from '../support/clock.ts';

/** A flow manager's REST API on the loopback, with a service for each of the suite's pools. */
export interface RunningFlowManager {
  readonly url: string;
  /** The newest process's. */
  readonly registry: () => Registry;
  /** A new process at the same port, which knows the services and none of their weights. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startFlowManager(parts: Partial<RestParts> = {}): Promise<RunningFlowManager> {
  const start = async (port: number): Promise<{ registry: Registry; server: ReturnType<typeof restServer> }> => {
    const registry = aRegistry();
    const server = restServer({ registry, switches: () => [], ...parts });
    await server.listen({ host: '127.0.0.1', port });
    return { registry, server };
  };
  let running = await start(0);
  const { port } = running.server.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    registry: () => running.registry,
    restart: async () => {
      await running.server.close();
      running = await start(port);
    },
    stop: () => running.server.close(),
  };
}

export function aTarget(url: string, fields: Partial<Parameters<typeof flowManagerTarget>[0]> = {}): WeightTarget {
  return flowManagerTarget({ name: 'fabric', url, clock, ...fields });
}

function aRegistry(): Registry {
  const registry = new Registry();
  for (const [index, [name, guests]] of Object.entries(CONFORMANCE_POOLS).entries()) {
    const members = guests.map((guest) => ({ guest, address: `10.9.${index}.${guest}`, port: 8080 }));
    const vip = { address: '10.9.9.1', port: 80 + index };
    registry.change((state) => putService(state, { name, vip, protocol: 'tcp', algorithm: 'weighted', members }));
  }
  return registry;
}
