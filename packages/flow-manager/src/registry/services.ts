import type { ServiceMember, VirtualService } from '../services/model.ts';
import { checkTogether, normalService } from '../services/validate.ts';
import { duplicateMember } from './errors.ts';
import { replaceService, serviceNamed } from './lookup.ts';
import type { RegisteredService, RegistryState, ServiceSpec } from './state.ts';
import { checkToken, checkWeight } from './weights.ts';

/**
 * Makes a service, or makes it anew. Members that stay keep their weight and state where the spec names none, and
 * always their health. A person needs no fencing token, and then the one that was seen stays, for whoever leads goes on
 * leading.
 * @throws {RegistryError} `registry-stale-token` (older than the newest seen), `registry-duplicate-member`,
 * `registry-bad-weight`
 * @throws {ServiceError} it cannot be compiled, or not beside the others
 */
export function putService(state: RegistryState, spec: ServiceSpec, fencing?: bigint): RegistryState {
  const old = state.services.get(spec.name);
  if (old !== undefined && fencing !== undefined) checkToken(spec.name, old, fencing);
  const { monitor, members, ...rest } = spec;
  checkMembers(spec);
  const service = normalService({ ...rest, members: membersOf(spec, old?.service) });
  const others = [...state.services.values()].filter((other) => other !== old);
  checkTogether([...others.map((other) => other.service), service]);
  const guests = new Set(members.map(({ guest }) => guest));
  const newest = fencing ?? old?.fencing;
  const next: RegisteredService = {
    service,
    ...(monitor !== undefined && { monitor }),
    held: new Set([...(old?.held ?? [])].filter((guest) => guests.has(guest))),
    ...(newest !== undefined && { fencing: newest }),
    version: old?.version ?? 0,
  };
  return replaceService(state, spec.name, next);
}

/** @throws {RegistryError} `registry-unknown-service` */
export function removeService(state: RegistryState, name: string): RegistryState {
  serviceNamed(state, name);
  const services = new Map(state.services);
  services.delete(name);
  return { ...state, services, version: state.version + 1 };
}

function membersOf(spec: ServiceSpec, old: VirtualService | undefined): readonly ServiceMember[] {
  const known = new Map(old?.members.map((member) => [member.guest, member]));
  return spec.members.map((member) => {
    const { weight = 1, state = 'ready', health, ramp } = known.get(member.guest) ?? {};
    const kept = { ...(health !== undefined && { health }), ...(ramp !== undefined && { ramp }) };
    return { weight, state, ...kept, ...member };
  });
}

function checkMembers({ name, members }: ServiceSpec): void {
  const seen = new Set<number>();
  for (const { guest, weight } of members) {
    if (weight !== undefined) checkWeight(name, guest, weight);
    if (seen.has(guest)) throw duplicateMember(name, guest);
    seen.add(guest);
  }
}
