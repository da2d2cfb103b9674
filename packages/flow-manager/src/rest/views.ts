import type { ServiceConnections } from '../balancer/options.ts';
import { hexOf } from '../datapath/errors.ts';
import type { KnownPlace } from '../placement/places.ts';
import { carriedService, type RegisteredService } from '../registry/state.ts';
import { endpointOf } from '../services/model.ts';

export function serviceView(registered: RegisteredService, connections: readonly ServiceConnections[]): unknown {
  const { service, monitor, held, fencing, version } = registered;
  const { name, members, ...rest } = service;
  const carried = carriedService(registered).members;
  const counted = new Map(
    connections
      .filter((one) => one.service === name)
      .flatMap((one) => one.members.map((end) => [endpointOf(end), end.open])),
  );
  return {
    name,
    version,
    ...fencingView(fencing),
    spec: {
      ...rest,
      ...(monitor !== undefined && { monitor }),
      members: members.map(({ guest, address, port, weight, state }) => ({ guest, address, port, weight, state })),
    },
    status: carried.map((member) => {
      const { guest, state, health = 'up', ramp = 1 } = member;
      const open = counted.get(endpointOf(member));
      return { guest, state, held: held.has(guest), health, ramp, ...(open !== undefined && { open }) };
    }),
  };
}

export function weightsView(registered: RegisteredService): unknown {
  const { service, held, fencing, version } = registered;
  return {
    service: service.name,
    version,
    ...fencingView(fencing),
    members: carriedService(registered).members.map(({ guest, weight, state }) => ({
      guest,
      weight,
      state,
      held: held.has(guest),
    })),
  };
}

export function placementView({ address, mac, at, by }: KnownPlace): unknown {
  return { address, mac, by, ...(at !== undefined && { at: { dpid: hexOf(at.dpid), port: at.port } }) };
}

function fencingView(fencing: bigint | undefined): { readonly fencing?: string } {
  return fencing === undefined ? {} : { fencing: String(fencing) };
}
