import type { GuestId, MemberState, Monitor, Weight } from '@ballast/core';
import { NO_PLACES, type Places } from '../placement/places.ts';
import type { ServiceMember, VirtualService } from '../services/model.ts';

/** Everything that the flow manager was told. A value: each change makes the next one, with a higher version. */
export interface RegistryState {
  readonly version: number;
  /** By name, in the order in which they were made. */
  readonly services: ReadonlyMap<string, RegisteredService>;
  readonly places: Places;
}

export interface RegisteredService {
  /** Its members' states are those that were asked for; {@link carriedService} has those that hold. */
  readonly service: VirtualService;
  readonly monitor?: Monitor;
  /** Members that a person drained: they stay drained, whatever a weight table says of them. */
  readonly held: ReadonlySet<GuestId>;
  /** The newest fencing token that a weight table or the service itself came with. */
  readonly fencing?: bigint;
  /** Of the state in which it was last changed. */
  readonly version: number;
}

/** A service as it is told; a member's weight and state stay as they are where they are left out. */
export interface ServiceSpec extends Omit<VirtualService, 'members'> {
  readonly monitor?: Monitor;
  readonly members: readonly MemberSpec[];
}

export interface MemberSpec {
  readonly guest: GuestId;
  readonly address: string;
  readonly port: number;
  /** 1 for a new member where it is left out. */
  readonly weight?: Weight;
  /** `ready` for a new member where it is left out. */
  readonly state?: MemberState;
}

export const EMPTY_REGISTRY: RegistryState = { version: 0, services: new Map(), places: NO_PLACES };

/** The service as switches are to carry it: what was asked for, and who is held. */
export function carriedService({ service, held }: RegisteredService): VirtualService {
  if (held.size === 0) return service;
  const members = service.members.map(
    (member): ServiceMember => (held.has(member.guest) ? { ...member, state: 'drain' } : member),
  );
  return { ...service, members };
}

/** All services, to be compiled. */
export function carriedServices(state: RegistryState): readonly VirtualService[] {
  return [...state.services.values()].map(carriedService);
}
