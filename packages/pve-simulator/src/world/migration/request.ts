import type { BytesPerSecond, GuestId, NodeName } from '@ballast/core';
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
  /** Started by the HA manager. */
  readonly ha?: boolean;
}

/** What the API lets pass and the worker then stumbles over; undefined when nothing stands in its way. */
export function stumblingBlock(world: World, guest: WorldGuest, request: MigrationRequest): string | undefined {
  if (guest.localResources.length > 0) {
    return `can't migrate VM which uses local devices: ${guest.localResources.join(', ')}`;
  }
  if (guest.kind === 'lxc') {
    const stands = request.mode === 'restart' && !request.restart;
    return stands ? 'lxc live migration is currently not implemented' : undefined;
  }
  if (request.mode === 'live' && guest.localDisks.length > 0 && !request.withLocalDisks) {
    return "can't live migrate attached local disks without with-local-disks option";
  }
  const target = world.nodes.find((node) => node.name === request.to);
  return target?.online === true ? undefined : "Can't connect to destination address using public key";
}
