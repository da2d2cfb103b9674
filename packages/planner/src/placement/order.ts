import { compareNames } from '../limits.ts';
import type { PlacedGuest, PlacedNode } from './placed.ts';

/*
 * What is alike to a search goes by what it is, and by its name only where all is the same: so a plan does not depend on how
 * nodes and guests are called.
 */

/** By load, then by capacity. */
export function compareNodes(a: PlacedNode, b: PlacedNode): number {
  const [one, other] = [a.assessed.usage, b.assessed.usage];
  return (
    one.cpu - other.cpu ||
    one.memory - other.memory ||
    a.capacity.cpu - b.capacity.cpu ||
    a.capacity.memory - b.capacity.memory ||
    compareNames(a.name, b.name)
  );
}

/** The largest first: by load, then by what they are configured with. */
export function compareGuests(a: PlacedGuest, b: PlacedGuest): number {
  const [one, other] = [a.loads.expected, b.loads.expected];
  return (
    other.cpu - one.cpu ||
    other.memory - one.memory ||
    b.guest.capacity.memory - a.guest.capacity.memory ||
    b.guest.capacity.cpu - a.guest.capacity.cpu ||
    a.id - b.id
  );
}

/** For lists that people read. */
export function byName(a: PlacedNode, b: PlacedNode): number {
  return compareNames(a.name, b.name);
}

export function byId(a: PlacedGuest, b: PlacedGuest): number {
  return a.id - b.id;
}
