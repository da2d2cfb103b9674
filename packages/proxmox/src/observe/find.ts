import type { GuestId } from '@ballast/core';
import type { Api } from '../wire/api.ts';
import { rows } from '../wire/fields.ts';
import { readGuest } from './guests.ts';
import { Roster, type RosterEntry } from './roster.ts';

/** Where guests are, by the last snapshot; asked for when there was none yet. Guests that nobody knows are left out. */
export async function findGuests(
  guests: readonly GuestId[],
  roster: Roster,
  api: Api,
): Promise<readonly RosterEntry[]> {
  if (!roster.known && guests.length > 0) {
    const all = rows(await api.cluster.resources.$get(), 'the resources of the cluster');
    const found = all.filter((from) => Roster.guestId(from) !== undefined);
    const context = { offline: new Set<string>(), haStates: new Map<GuestId, string>() };
    roster.update(
      found.map((from) => readGuest(from, context)),
      all,
    );
  }
  return guests.flatMap((id) => roster.guest(id) ?? []);
}
