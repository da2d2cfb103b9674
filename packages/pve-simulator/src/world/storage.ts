import type { Bytes, NodeName } from '@ballast/core';
import type { World, WorldStorage } from './world.ts';

/** What is used of a storage on a node: of one that is not shared, what its guests have there comes on top. */
export function usedOn(world: World, storage: WorldStorage, node: NodeName): Bytes {
  if (storage.shared) return storage.used;
  let used = storage.used;
  for (const guest of world.guests) {
    if (guest.node !== node) continue;
    for (const disk of guest.localDisks) {
      if (disk.volume.startsWith(`${storage.storage}:`)) used += disk.size;
    }
  }
  return Math.min(storage.size, used);
}

/** Whether a node has a storage. */
export function isOn(storage: WorldStorage, node: NodeName): boolean {
  return storage.nodes === undefined || storage.nodes.includes(node);
}
