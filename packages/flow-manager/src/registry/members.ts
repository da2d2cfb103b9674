import type { GuestId } from '@ballast/core';
import { type PlaceEvent, place } from '../placement/places.ts';
import type { ServiceMember } from '../services/model.ts';
import { unknownMembers } from './errors.ts';
import { replaceService, serviceNamed } from './lookup.ts';
import type { RegisteredService, RegistryState } from './state.ts';

/**
 * Drains a member by hand: it stays drained, whatever weight tables say, until {@link releaseMember}.
 * @throws {RegistryError} `registry-unknown-service`, `registry-unknown-member`
 */
export function holdMember(state: RegistryState, name: string, guest: GuestId): RegistryState {
  const found = withMember(state, name, guest);
  return replaceService(state, name, { ...found, held: new Set([...found.held, guest]) });
}

/**
 * Takes a member back, whoever drained it; the next weight table may drain it again.
 * @throws {RegistryError} `registry-unknown-service`, `registry-unknown-member`
 */
export function releaseMember(state: RegistryState, name: string, guest: GuestId): RegistryState {
  const found = withMember(state, name, guest);
  const held = new Set([...found.held].filter((other) => other !== guest));
  return replaceService(state, name, changeMember({ ...found, held }, guest, { state: 'ready' }));
}

/**
 * What the health monitor says of a member.
 * @throws {RegistryError} `registry-unknown-service`, `registry-unknown-member`
 */
export function putHealth(
  state: RegistryState,
  name: string,
  guest: GuestId,
  health: Required<Pick<ServiceMember, 'health' | 'ramp'>>,
): RegistryState {
  return replaceService(state, name, changeMember(withMember(state, name, guest), guest, health));
}

/** What is heard about the place of a guest; the version stays where no placement changes. */
export function putPlace(state: RegistryState, event: PlaceEvent): RegistryState {
  const { places, changed } = place(state.places, event);
  // A sighting may tell nothing new and yet be remembered as told: that is no change of what switches are to have.
  if (changed.length === 0 && event.type !== 'linked') return places === state.places ? state : { ...state, places };
  return { ...state, places, version: state.version + 1 };
}

function withMember(state: RegistryState, name: string, guest: GuestId): RegisteredService {
  const found = serviceNamed(state, name);
  const known = found.service.members.map((member) => member.guest);
  if (!known.includes(guest)) throw unknownMembers(name, [guest], known);
  return found;
}

function changeMember(found: RegisteredService, guest: GuestId, change: Partial<ServiceMember>): RegisteredService {
  const members = found.service.members.map((member) => (member.guest === guest ? { ...member, ...change } : member));
  return { ...found, service: { ...found.service, members } };
}
