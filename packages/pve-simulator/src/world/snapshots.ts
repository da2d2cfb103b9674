import type { GuestId } from '@ballast/core';
import type { GuestSnapshot } from './records.ts';
import { changeGuest, unlocked, type World } from './world.ts';

/** The world with a snapshot of a guest more; the guest is free again. */
export function withSnapshot(world: World, id: GuestId, snapshot: GuestSnapshot): World {
  return changeGuest(world, id, (guest) => {
    const before = guest.snapshots ?? [];
    const parent = before.at(-1)?.name;
    return { ...unlocked(guest), snapshots: [...before, { ...snapshot, ...(parent === undefined ? {} : { parent }) }] };
  });
}

/** A snapshot is gone: what came after it now follows what was before it. */
export function withoutSnapshot(world: World, id: GuestId, name: string): World {
  return changeGuest(world, id, (guest) => {
    const gone = guest.snapshots?.find((snapshot) => snapshot.name === name);
    const rest = (guest.snapshots ?? []).filter((snapshot) => snapshot.name !== name);
    const snapshots = rest.map((snapshot) => (snapshot.parent === name ? heir(snapshot, gone) : snapshot));
    return { ...unlocked(guest), snapshots };
  });
}

function heir({ parent: _parent, ...snapshot }: GuestSnapshot, gone: GuestSnapshot | undefined): GuestSnapshot {
  return gone?.parent === undefined ? snapshot : { ...snapshot, parent: gone.parent };
}

/** The disks are what they were: the guest stands still, unless its memory was kept too. */
export function rolledBack(world: World, id: GuestId, name: string): World {
  return changeGuest(world, id, (guest) => {
    const snapshot = guest.snapshots?.find((entry) => entry.name === name);
    const status = snapshot?.vmstate === true ? ('running' as const) : ('stopped' as const);
    return { ...unlocked(guest), status, startedAt: world.now };
  });
}
