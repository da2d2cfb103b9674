import type { ClusterSnapshot, GuestId, History, Migration } from '@ballast/core';
import { adoptedStep } from './step.ts';

/** Migrations that were begun and that nobody follows: they may run, and a plan counts their guests on both nodes. */
export function inDoubt(
  { moves }: History,
  snapshot: ClusterSnapshot,
  followed: ReadonlySet<GuestId>,
): readonly Migration[] {
  return moves
    .filter(({ guest, outcome }) => outcome === 'running' && !followed.has(guest))
    .flatMap(({ guest: id, from, to }) => {
      const guest = snapshot.guests.find((entry) => entry.id === id);
      return guest === undefined ? [] : [adoptedStep(guest, from, to, snapshot)];
    });
}
