import type { BytesPerSecond, Milliseconds } from '@ballast/core';
import { isTransferring } from '../load.ts';
import type { WorldMigration } from '../records.ts';
import { guestOf, nodeOf, type World } from '../world.ts';

/** How a transfer goes at this moment. */
export interface TransferRate {
  /** What crosses the network. */
  readonly sent: BytesPerSecond;
  /** What the guest writes to memory that was sent already; 0 for disks. */
  readonly dirtied: BytesPerSecond;
}

/** The network of both ends is shared among the transfers that leave the source and those that reach the target. */
export function transferRate(world: World, migration: WorldMigration): TransferRate {
  const leaving = world.migrations.filter((m) => m.from === migration.from && isTransferring(m)).length;
  const arriving = world.migrations.filter((m) => m.to === migration.to && isTransferring(m)).length;
  const out = (nodeOf(world, migration.from)?.bandwidth ?? 0) / Math.max(1, leaving);
  const into = (nodeOf(world, migration.to)?.bandwidth ?? 0) / Math.max(1, arriving);
  const sent = Math.min(out, into, migration.bandwidthLimit ?? Number.POSITIVE_INFINITY);
  return { sent, dirtied: migration.phase === 'copy' ? dirtyRate(world, migration) : 0 };
}

/** How fast the guest writes to its memory now. */
function dirtyRate(world: World, migration: WorldMigration): BytesPerSecond {
  const guest = guestOf(world, migration.guest);
  if (guest === undefined) return 0;
  return guest.dirtyRate ?? guest.activity.granted * world.settings.dirtyRatePerCore;
}

/**
 * The migration after `dt` of sending: what is left shrinks by what is sent and grows by what is dirtied,
 * never beyond the whole memory.
 */
export function transferred(world: World, migration: WorldMigration, dt: Milliseconds): WorldMigration {
  const rate = transferRate(world, migration);
  const sent = (rate.sent * dt) / 1000;
  if (migration.phase === 'disks') return { ...migration, remaining: Math.max(0, migration.remaining - sent) };
  const left = migration.remaining - sent + (rate.dirtied * dt) / 1000;
  const shrinks = rate.sent > rate.dirtied;
  return {
    ...migration,
    remaining: Math.min(migration.memoryUsed, Math.max(0, left)),
    transferred: migration.transferred + sent,
    stalledFor: shrinks ? 0 : migration.stalledFor + dt,
  };
}

/** Whether the rest of the memory can be sent within the limit of the downtime. */
export function converged(world: World, migration: WorldMigration): boolean {
  const { sent } = transferRate(world, migration);
  return migration.remaining <= (sent * migration.downtimeLimit) / 1000 + 1;
}

/** How long until the transfer is through (disks), may switch over, or has waited too long (copy). */
export function untilDue(world: World, migration: WorldMigration): Milliseconds {
  const { sent, dirtied } = transferRate(world, migration);
  if (migration.phase === 'disks') return sent > 0 ? Math.ceil((migration.remaining / sent) * 1000) : Infinity;
  if (converged(world, migration)) return 0;
  const patience = Math.max(1, Math.ceil(world.settings.patience - migration.stalledFor));
  if (sent <= dirtied) return patience;
  const allowed = (sent * migration.downtimeLimit) / 1000;
  return Math.max(1, Math.ceil(((migration.remaining - allowed) / (sent - dirtied)) * 1000));
}
