import type { Instant, Milliseconds } from '@ballast/core';
import { type Departure, endpointOf, type VirtualService } from './model.ts';

/** A departure, and until when its connections may go on. */
export interface TimedDeparture extends Departure {
  readonly until: Instant;
}

/**
 * Who has left its pool: those that were in `before` and are not in `after`, each for `linger` from now on, and those
 * that had left already and whose time is not over. A member that comes back is no departure any more. Of a service
 * that is gone nothing lingers: its VIP answers no more.
 */
export function departuresAfter(
  departures: readonly TimedDeparture[],
  before: readonly VirtualService[],
  after: readonly VirtualService[],
  given: { readonly now: Instant; readonly linger: Milliseconds },
): readonly TimedDeparture[] {
  const present = new Set(after.flatMap((service) => service.members.map((member) => keyOf(service.name, member))));
  const services = new Set(after.map(({ name }) => name));
  const left = before.flatMap(({ name, protocol, members }) =>
    members.map(({ address, port }) => ({ service: name, protocol, address, port, until: given.now + given.linger })),
  );
  const all = new Map([...departures, ...left].map((departure) => [keyOf(departure.service, departure), departure]));
  return [...all]
    .filter(([key, { service, until }]) => !present.has(key) && services.has(service) && until > given.now)
    .map(([, departure]) => departure);
}

function keyOf(service: string, end: { readonly address: string; readonly port: number }): string {
  return `${service} ${endpointOf(end)}`;
}
