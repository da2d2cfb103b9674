import type { GuestId, MemberState, Weight } from '@ballast/core';
import { duplicateMember, RegistryError, unknownMembers } from './errors.ts';
import { replaceService, serviceNamed } from './lookup.ts';
import type { RegisteredService, RegistryState } from './state.ts';

/** The weights of one service, as somebody decided them. Members that it does not name keep what they have. */
export interface WeightsChange {
  readonly members: readonly {
    readonly guest: GuestId;
    readonly weight: Weight;
    /** Left as it is where it is left out. */
    readonly state?: MemberState;
  }[];
  /** The sender's fencing token: who leads later has a higher one. Needed once one was seen. */
  readonly fencing?: bigint;
}

/**
 * Sets weights and states of a service at once: all of them, or none.
 * @throws {RegistryError} `registry-unknown-service`, `registry-stale-token` (older than the newest seen, or missing
 * since one was seen), `registry-unknown-member`, `registry-duplicate-member`, `registry-bad-weight`
 */
export function putWeights(state: RegistryState, name: string, change: WeightsChange): RegistryState {
  const found = serviceNamed(state, name);
  // The token first: what somebody else says who leads no longer is not worth being judged.
  checkToken(name, found, change.fencing);
  const wanted = checkMembers(name, found, change);
  const members = found.service.members.map((member) => {
    const { weight = member.weight, state: asked = member.state } = wanted.get(member.guest) ?? {};
    return { ...member, weight, state: asked };
  });
  const fencing = change.fencing ?? found.fencing;
  return replaceService(state, name, {
    ...found,
    service: { ...found.service, members },
    ...(fencing !== undefined && { fencing }),
  });
}

/** @throws {RegistryError} `registry-bad-weight` unless it is a number 0 to 1 */
export function checkWeight(service: string, guest: GuestId, weight: Weight): void {
  if (weight >= 0 && weight <= 1) return;
  throw new RegistryError(
    'registry-bad-weight',
    `Expected the weight of member ${guest} of ${JSON.stringify(service)} to be a number 0 to 1, got ${weight}.`,
    { hint: 'Weights are relative: divide them by the largest.' },
  );
}

/** @throws {RegistryError} `registry-stale-token` for one that is older than the newest seen, or missing since */
export function checkToken(
  name: string,
  { fencing: newest }: Pick<RegisteredService, 'fencing'>,
  token: bigint | undefined,
): void {
  if (newest === undefined || (token !== undefined && token >= newest)) return;
  throw new RegistryError(
    'registry-stale-token',
    `Expected a fencing token of ${newest} or newer for ${JSON.stringify(name)}, got ${token ?? 'none'}.`,
    {
      hint:
        token === undefined
          ? 'A leader with a token sets these weights: send a token, or leave them to it.'
          : 'Another sender leads since; stop sending, or become the leader again and send the new token.',
    },
  );
}

function checkMembers(
  name: string,
  { service }: RegisteredService,
  { members }: WeightsChange,
): ReadonlyMap<GuestId, WeightsChange['members'][number]> {
  const known = service.members.map(({ guest }) => guest);
  const strangers = members.map(({ guest }) => guest).filter((guest) => !known.includes(guest));
  if (strangers.length > 0) throw unknownMembers(name, strangers, known);
  const wanted = new Map<GuestId, WeightsChange['members'][number]>();
  for (const member of members) {
    checkWeight(name, member.guest, member.weight);
    if (wanted.has(member.guest)) throw duplicateMember(name, member.guest);
    wanted.set(member.guest, member);
  }
  return wanted;
}
