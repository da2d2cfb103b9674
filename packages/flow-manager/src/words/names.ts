import { groupIds, isOfService, memberIds } from '../services/identity.ts';
import type { VirtualService } from '../services/model.ts';

/** What numbers in rows stand for. */
export interface MemberNames {
  /** The member that register 1 names: `10.9.0.11 port 8080`. */
  readonly member: (id: number) => string;
}

export interface Names extends MemberNames {
  /** The service that a cookie belongs to, if to one. */
  readonly service: (cookie: bigint) => string | undefined;
  /** The service whose choice a group makes, if it is one's. */
  readonly serviceOfGroup: (groupId: number) => string | undefined;
}

export function namesOf(services: readonly VirtualService[]): Names {
  const members = new Map(
    services.flatMap(({ name, members: own }) =>
      [...memberIds(name, own)].map(([endpoint, id]) => [id, endpoint.replace('|', ' port ')]),
    ),
  );
  const groups = new Map([...groupIds(services)].map(([name, id]) => [id, name]));
  return {
    member: (id) => members.get(id) ?? `a member that is none any more (${id})`,
    service: (cookie) => services.find(({ name }) => isOfService(cookie, name))?.name,
    serviceOfGroup: (groupId) => groups.get(groupId),
  };
}
