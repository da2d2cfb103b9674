import type { Bytes, NodeName } from '@ballast/core';
import { guestOf, type World, type WorldGuest, type WorldStorage } from './world.ts';

/** What is used of a storage on a node: of one that is not shared, what its guests and replicas have there comes on top. */
export function usedOn(world: World, storage: WorldStorage, node: NodeName): Bytes {
  if (storage.shared) return storage.used;
  let used = storage.used;
  for (const guest of world.guests) if (guest.node === node) used += bytesOn(guest, storage);
  for (const job of world.replications) {
    if (job.target !== node || job.lastSync === undefined) continue;
    const guest = guestOf(world, job.guest);
    if (guest !== undefined) used += bytesOn(guest, storage);
  }
  return Math.min(storage.size, used);
}

function bytesOn({ localDisks }: WorldGuest, { storage }: WorldStorage): Bytes {
  return localDisks.reduce((sum, disk) => sum + (disk.volume.startsWith(`${storage}:`) ? disk.size : 0), 0);
}

/** Whether a node has a storage. */
export function isOn(storage: WorldStorage, node: NodeName): boolean {
  return storage.nodes === undefined || storage.nodes.includes(node);
}
