import { type Bytes, GIB, MIB, type NodeName } from '@ballast/core';
import type { Storages } from '../observe/storages.ts';

/** A disk that is not shared: it is copied along. */
export interface LocalDisk {
  readonly storage: string;
  readonly bytes: Bytes;
}

/** A volume such as `local-lvm:vm-100-disk-0`, as a disk. */
export function localDisk(volume: string, bytes: Bytes): LocalDisk {
  return { storage: volume.split(':')[0] ?? '', bytes };
}

/**
 * The storage on the target that takes what is on `storage` here, by Proxmox VE's parameter `targetstorage`: one storage
 * for all, or pairs FROM:TO; the same where it names none.
 */
export function storageOnTarget(storage: string, targetStorage: string | undefined): string {
  const entries = (targetStorage ?? '').split(',').filter((entry) => entry !== '');
  const pair = entries.find((entry) => entry.startsWith(`${storage}:`));
  if (pair !== undefined) return pair.slice(storage.length + 1);
  return entries.find((entry) => !entry.includes(':')) ?? storage;
}

/** What the disks need on a target, by the storage that takes them there. */
export function neededRoom(disks: readonly LocalDisk[], targetStorage: string | undefined): ReadonlyMap<string, Bytes> {
  const wanted = new Map<string, Bytes>();
  for (const { storage, bytes } of disks) {
    const name = storageOnTarget(storage, targetStorage);
    wanted.set(name, (wanted.get(name) ?? 0) + bytes);
  }
  return wanted;
}

/** Why the storage of a node cannot take the disks, in words; nothing when it can, and when nobody knows. */
export function explainRoom(
  disks: readonly LocalDisk[],
  node: NodeName,
  storages: Storages,
  targetStorage: string | undefined,
): string | undefined {
  for (const [name, bytes] of neededRoom(disks, targetStorage)) {
    const room = storages.room(name, node);
    if (room === 'absent') return `its disks would go to storage ${name}, which is not there`;
    if (room !== undefined && room < bytes) {
      return `storage ${name} has ${size(room)} free there, and its disks need ${size(bytes)}`;
    }
  }
  return undefined;
}

function size(bytes: Bytes): string {
  return bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GiB` : `${Math.round(bytes / MIB)} MiB`;
}
