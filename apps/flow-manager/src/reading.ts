import { type Balancer, carriedService, endpointOf, type RegistryState } from '@ballast/flow-manager';
import type { FlowManagerReading, ServiceReading } from '@ballast/telemetry';

/** How the flow manager stands now, for a scrape. */
export function readingOf(state: RegistryState, balancer: Balancer): FlowManagerReading {
  const open = new Map(
    balancer
      .connections()
      .flatMap(({ service, members }) => members.map((member) => [keyOf(service, member), member.open])),
  );
  return {
    role: balancer.role,
    generation: balancer.generation,
    version: state.version,
    switches: balancer.switches(),
    services: servicesOf(state, open),
  };
}

function servicesOf({ services, places }: RegistryState, open: ReadonlyMap<string, number>): readonly ServiceReading[] {
  return [...services.values()].map((registered) => ({
    name: registered.service.name,
    members: carriedService(registered).members.map((member) => {
      const { guest, address, port, weight, state, health = 'up', ramp = 1 } = member;
      const counted = open.get(keyOf(registered.service.name, member));
      return {
        guest,
        address,
        port,
        weight,
        health,
        ramp,
        state: registered.held.has(guest) ? ('held' as const) : state,
        placed: places.byAddress.has(address),
        ...(counted !== undefined && { open: counted }),
      };
    }),
  }));
}

function keyOf(service: string, member: { readonly address: string; readonly port: number }): string {
  return `${service} ${endpointOf(member)}`;
}
