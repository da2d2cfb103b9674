import { isDeepStrictEqual } from 'node:util';
import type { FlowManagerConfig, ServiceConfig } from '@ballast/config';
import { BallastError } from '@ballast/core';
import {
  EMPTY_REGISTRY,
  type Lead,
  putPlace,
  putService,
  type RegistryState,
  removeService,
  ServiceError,
  type ServiceSpec,
} from '@ballast/flow-manager';
import { NOTHING_STATED, type Stated, statedIn } from './stated.ts';

/**
 * The registry with what the file says; the very same one where that is nothing new. `before` is what the file said
 * when it was last taken.
 * @throws {ServiceError} a service of the file cannot be carried
 * @throws {BallastError} `config-conflict`: services of the file cannot stand beside those that were made by REST
 */
export function takeFile(state: RegistryState, config: FlowManagerConfig, before: Stated): RegistryState {
  try {
    return links(places(services(state, config, before), config, before), config);
  } catch (cause) {
    if (!(cause instanceof ServiceError)) throw cause;
    // Wrong in itself: then it is that which is told.
    services(EMPTY_REGISTRY, config, NOTHING_STATED);
    const message = `The services of ${config.source} cannot stand beside those made by REST: ${cause.message}`;
    throw new BallastError('config-conflict', message, {
      cause,
      hint: 'Correct the file; or take the service out of it, start, DELETE /v1/services/{name}, and reload.',
    });
  }
}

/** The role to begin with: the file's when it is another than before, else the one that was taken since. */
export function leadToTake(config: FlowManagerConfig, before: Stated, taken: Lead | undefined): Lead {
  const { lead } = statedIn(config);
  const stated = lead ?? { role: 'equal', generation: 0n };
  return taken !== undefined && isDeepStrictEqual(stated, before.lead) ? taken : stated;
}

function services(state: RegistryState, config: FlowManagerConfig, before: Stated): RegistryState {
  const named = new Set(config.services.map(({ name }) => name));
  const gone = [...before.services.keys()].filter((name) => !named.has(name) && state.services.has(name));
  const left = gone.reduce((next, name) => removeService(next, name), state);
  // Two services may exchange their VIPs: each is put beside those that stay and those that were put, and no others.
  let next: RegistryState = { ...left, services: without(left.services, named) };
  for (const service of config.services) {
    const old = left.services.get(service.name);
    const beside = old === undefined ? next : { ...next, services: new Map(next.services).set(service.name, old) };
    next = putService(beside, specOf(service, state, before));
  }
  if (next.version === state.version) return state;
  const inOrder = [...state.services.keys(), ...next.services.keys()].flatMap((name) => {
    const found = next.services.get(name);
    return found === undefined ? [] : [[name, found] as const];
  });
  return { ...next, services: new Map(inOrder) };
}

/** A weight counts when the file's word is a new one, or the member is. */
function specOf(service: ServiceConfig, state: RegistryState, before: Stated): ServiceSpec {
  const known = new Set(state.services.get(service.name)?.service.members.map(({ guest }) => guest));
  const said = before.services.get(service.name);
  const members = service.members.map(({ weight, ...member }) => {
    const counts = weight !== undefined && !(known.has(member.guest) && said?.get(member.guest) === weight);
    return counts ? { ...member, weight } : member;
  });
  return { ...service, members };
}

function places(state: RegistryState, { placements }: FlowManagerConfig, before: Stated): RegistryState {
  const named = new Set(placements.map(({ address }) => address));
  const gone = [...before.placements.keys()].filter((address) => !named.has(address));
  const left = gone.reduce((next, address) => putPlace(next, { type: 'forgotten', address }), state);
  return placements
    .filter((placement) => {
      const known = left.places.byAddress.has(placement.address);
      return !known || !isDeepStrictEqual(placement, before.placements.get(placement.address));
    })
    .reduce((next, placement) => putPlace(next, { type: 'told', ...placement }), left);
}

function links(state: RegistryState, { links: stated }: FlowManagerConfig): RegistryState {
  return isDeepStrictEqual(state.places.links, stated) ? state : putPlace(state, { type: 'linked', links: stated });
}

function without<T>(map: ReadonlyMap<string, T>, names: ReadonlySet<string>): ReadonlyMap<string, T> {
  return new Map([...map].filter(([name]) => !names.has(name)));
}
