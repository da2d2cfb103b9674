import type { BytesPerSecond, GuestId, NodeName } from '@ballast/core';
import { hasReplica } from '../replication.ts';
import { usedOn } from '../storage.ts';
import type { World, WorldGuest } from '../world.ts';

/** What a migration is started with. What the API itself refuses has been refused before. */
export interface MigrationRequest {
  readonly guest: GuestId;
  readonly to: NodeName;
  readonly mode: 'live' | 'restart' | 'offline';
  /** Who owns the task. */
  readonly user: string;
  readonly withLocalDisks: boolean;
  /** The asker knows that a container is stopped and started. */
  readonly restart: boolean;
  readonly bandwidthLimit?: BytesPerSecond;
  /** Where disks go: a storage for all, pairs `from:to`, or `1` for the same. */
  readonly targetStorage?: string;
  /** Started by the HA manager. */
  readonly ha?: boolean;
}

/** What the API lets pass and the worker then stumbles over; undefined when nothing stands in its way. */
export function stumblingBlock(world: World, guest: WorldGuest, request: MigrationRequest): string | undefined {
  const own = guest.kind === 'lxc' ? containerBlock(guest, request) : machineBlock(world, guest, request);
  if (own !== undefined) return own;
  const full = fullStorage(world, guest, request);
  if (full !== undefined) return full;
  const target = world.nodes.find((node) => node.name === request.to);
  return target?.online === true ? undefined : "Can't connect to destination address using public key";
}

function containerBlock(guest: WorldGuest, request: MigrationRequest): string | undefined {
  if (request.mode === 'restart' && !request.restart) return 'lxc live migration is currently not implemented';
  for (const [name, value] of Object.entries(guest.options ?? {})) {
    const mount = String(value ?? '');
    const bound = /^mp\d+$/.test(name) && mount.startsWith('/') && !mount.includes(',shared=1');
    if (bound) return `cannot migrate local bind mount point '${name}'`;
  }
  return deviceBlock(guest);
}

function machineBlock(world: World, guest: WorldGuest, request: MigrationRequest): string | undefined {
  const mapped = Object.entries(guest.mappedResources ?? {}).map(([option, name]) => `${option}:${name}`);
  if (mapped.length > 0 && request.mode === 'live') {
    return `can't live migrate running VM which uses following mapped devices: ${mapped.join(', ')}`;
  }
  const device = deviceBlock(guest);
  if (device !== undefined) return device;
  if (guest.cdrom !== undefined && !isShared(world, guest.cdrom)) {
    return `can't migrate local disk '${guest.cdrom}': local cdrom image`;
  }
  if (request.mode !== 'live' || guest.localDisks.length === 0) return undefined;
  if (!request.withLocalDisks) return "can't live migrate attached local disks without with-local-disks option";
  const replicated = world.replications.some((job) => job.guest === guest.id && job.target === request.to);
  const snapshots = guest.snapshots?.length ?? 0;
  if (snapshots > 0 && !replicated) return 'online storage migration not possible if non-replicated snapshot exists';
  return undefined;
}

function deviceBlock({ localResources }: WorldGuest): string | undefined {
  if (localResources.length === 0) return undefined;
  return `can't migrate VM which uses local devices: ${localResources.join(', ')}`;
}

function isShared(world: World, volume: string): boolean {
  const name = volume.split(':')[0];
  return world.storages.some((storage) => storage.storage === name && storage.shared);
}

/** A storage on the target that has no room for the disks. */
function fullStorage(world: World, guest: WorldGuest, { to, targetStorage }: MigrationRequest): string | undefined {
  // Room for a replica was taken when it was made.
  if (hasReplica(world, guest.id, to)) return undefined;
  for (const disk of guest.localDisks) {
    const name = storageOnTarget(disk.volume, targetStorage);
    const storage = world.storages.find((entry) => entry.storage === name);
    if (storage === undefined || storage.shared) continue;
    const free = storage.size - usedOn(world, storage, to);
    if (disk.size > free)
      return `storage migration for '${disk.volume}' to storage '${name}' failed - not enough space`;
  }
  return undefined;
}

/** The storage that a volume goes to. */
export function storageOnTarget(volume: string, targetStorage: string | undefined): string {
  const own = volume.split(':')[0] ?? '';
  const pairs = (targetStorage ?? '1').split(/[,;\s]+/);
  const pair = pairs.find((entry) => entry.startsWith(`${own}:`));
  if (pair !== undefined) return pair.slice(own.length + 1);
  const all = pairs.find((entry) => !entry.includes(':'));
  return all === undefined || all === '1' ? own : all;
}
