import type { Member, MemberState, MemberWeight, Service, TargetAssignment } from '@ballast/core';
import { aService } from '@ballast/testkit';

export interface Wanted {
  readonly guest: number;
  readonly name: string;
  readonly weight?: number;
  readonly state?: MemberState;
  readonly address?: string;
  readonly port?: number;
}

/** What a target is told about one service; members are ready, at weight 1 and port 8080 unless they say otherwise. */
export function anAssignment(
  service: string,
  members: readonly Wanted[],
  options: Readonly<Record<string, unknown>> = {},
  fields: Partial<Service> = {},
): TargetAssignment {
  return { service: aService(service, fields), options, weights: { service, members: members.map(memberWeight) } };
}

function memberWeight({ guest, name, weight = 1, state = 'ready', address, port = 8080 }: Wanted): MemberWeight {
  const member: Member = { guest, name, port, ...(address === undefined ? {} : { address }) };
  return { member, weight, state, factors: { base: 1, headroom: 1, pressure: 1, migration: 1, wanted: weight } };
}
