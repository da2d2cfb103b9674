import { changeGuest, guestOf, startBackup, type World } from '@ballast/pve-simulator';
import type { GUEST_FAULTS } from '../../scenario/fault.ts';
import type { Strike } from './stage.ts';

/** What others do with guests in the middle of a plan. */
export const GUEST_STRIKES: Readonly<Record<(typeof GUEST_FAULTS)[number], Strike>> = {
  'guest-created': ({ id, guest, node }, { cluster, touched }) => {
    touched();
    cluster.update((world) => withCopy(world, guest, 900 + id, node));
    return undefined;
  },
  'guest-removed': ({ guest }, { cluster, touched }) => {
    touched();
    // Proxmox VE removes no guest that is locked.
    cluster.update((world) => {
      if (guestOf(world, guest)?.lock !== undefined) return world;
      return { ...world, guests: world.guests.filter(({ id }) => id !== guest) };
    });
    return undefined;
  },
  'guest-moved': ({ guest, node }, { cluster, touched }) => {
    touched();
    const found = guestOf(cluster.world, guest);
    if (found === undefined || found.node === node) return undefined;
    const kind = found.kind === 'qemu' ? 'qemu' : 'lxc';
    const how: Record<string, string> = kind === 'qemu' ? { online: '1' } : { restart: '1' };
    cluster.administer('POST', `/nodes/${found.node}/${kind}/${guest}/migrate`, { target: node, ...how });
    return undefined;
  },
  'guest-locked': ({ guest, lasts }, { cluster }) => {
    cluster.update((world) => startBackup(world, guest, lasts));
    return undefined;
  },
  'guest-stopped': ({ guest }, { cluster, touched }) => {
    touched();
    const as =
      (status: 'running' | 'stopped') =>
      (world: World): World =>
        guestOf(world, guest)?.lock === undefined
          ? changeGuest(world, guest, (found) => ({ ...found, status }))
          : world;
    cluster.update(as('stopped'));
    return () => {
      touched();
      cluster.update(as('running'));
    };
  },
};

function withCopy(world: World, of: number, id: number, node: string): World {
  const model = guestOf(world, of);
  if (model === undefined || guestOf(world, id) !== undefined) return world;
  const { lock: _lock, ha: _ha, ...rest } = model;
  const copy = { ...rest, id, name: `new-${id}`, node, startedAt: world.now };
  return { ...world, guests: [...world.guests, copy] };
}
