import type { Guest } from './guest.ts';
import type { Member, MemberSelector, Service } from './service.ts';

/** Whether a guest is chosen by its tag, its resource pool or its id. */
export function selects(selector: MemberSelector, guest: Guest): boolean {
  if (guest.template) return false;
  return (
    selector.guests.includes(guest.id) ||
    (guest.pool !== undefined && selector.pools.includes(guest.pool)) ||
    guest.tags.some((tag) => selector.tags.includes(tag))
  );
}

/** The members of a service, by guest id. */
export function membersOf(service: Service, guests: readonly Guest[]): readonly Member[] {
  return guests
    .filter((guest) => selects(service.pool.members, guest))
    .map((guest) => ({ guest: guest.id, name: guest.name, port: service.pool.port }))
    .sort((a, b) => a.guest - b.guest);
}
