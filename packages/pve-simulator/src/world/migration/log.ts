import type { Bytes, Instant, Milliseconds } from '@ballast/core';
import { GIB, KIB, MIB } from '@ballast/core';
import type { WorldMigration } from '../records.ts';
import type { WorldGuest } from '../world.ts';

/** Lines at the start of a migration. */
export function startLines(migration: WorldMigration, guest: WorldGuest, address: string): readonly string[] {
  const disks = migration.diskBytes > 0 ? guest.localDisks : [];
  if (guest.kind === 'lxc') {
    return [
      ...(migration.mode === 'restart' ? [`shutdown CT ${guest.id}`] : []),
      `starting migration of CT ${guest.id} to node '${migration.to}' (${address})`,
      ...disks.map((disk) => `found local volume '${disk.volume}' (in current VM config)`),
    ];
  }
  return [
    ...(migration.mode === 'live'
      ? ['conntrack state migration not supported or disabled, active connections might get dropped']
      : []),
    `starting migration of VM ${guest.id} to node '${migration.to}' (${address})`,
    ...disks.map((disk) => `found local disk '${disk.volume}' (attached)`),
    ...(migration.mode === 'live' ? [`starting VM ${guest.id} on remote node '${migration.to}'`] : []),
  ];
}

/** Lines once the process on the target listens. */
export function tunnelLines(migration: WorldMigration): readonly string[] {
  return migration.mode === 'live' ? ['start remote tunnel', 'ssh tunnel ver 1'] : [];
}

export function diskLines(migration: WorldMigration, guest: WorldGuest): readonly string[] {
  if (migration.mode !== 'live') {
    return guest.localDisks.map((disk) => `copying local disk image '${disk.volume}'`);
  }
  return [
    'starting storage migration',
    ...guest.localDisks.map(
      (_, i) =>
        `scsi${i}: start migration to nbd:unix:/run/qemu-server/${guest.id}_nbd.migrate:exportname=drive-scsi${i}`,
    ),
  ];
}

export function disksDoneLines(migration: WorldMigration): readonly string[] {
  return migration.mode === 'live'
    ? ["all 'mirror' jobs are ready", 'switching mirror jobs to actively synced mode']
    : [];
}

/** Lines at the start of the memory's transfer. */
export function copyLines(migration: WorldMigration, guest: WorldGuest): readonly string[] {
  const limit = migration.bandwidthLimit;
  return [
    `starting online/live migration on unix:/run/qemu-server/${guest.id}.migrate`,
    'set migration capabilities',
    ...(limit === undefined ? [] : [`migration speed limit: ${bytesText(limit)}/s`]),
    `migration downtime limit: ${migration.downtimeLimit} ms`,
    `migration cachesize: ${bytesText(cacheSize(guest.memory))}`,
    'set migration parameters',
    `start migrate command to unix:/run/qemu-server/${guest.id}.migrate`,
  ];
}

/** One line of progress. */
export function progressLine(migration: WorldMigration, speed: Bytes, dirtied: Bytes): string {
  const dirty = dirtied > speed / 2 ? `, VM dirties lots of memory: ${bytesText(dirtied)}/s` : '';
  const sent = bytesText(migration.transferred);
  return `migration active, transferred ${sent} of ${bytesText(migration.memoryUsed)} VM-state, ${bytesText(speed)}/s${dirty}`;
}

export function switchedLines(migration: WorldMigration, now: Instant): readonly string[] {
  const took = Math.max(1, now - (migration.copyStartedAt ?? migration.startedAt));
  const speed = (migration.transferred / took) * 1000;
  return [
    `average migration speed: ${bytesText(speed)}/s - downtime ${Math.round(migration.downtime)} ms`,
    `migration completed, transferred ${bytesText(migration.transferred)} VM-state`,
    'migration status: completed',
    ...(migration.diskBytes > 0 ? ['stopping NBD storage migration server on target.'] : []),
  ];
}

export function finishedLine(migration: WorldMigration, now: Instant): string {
  return `migration finished successfully (duration ${durationText(now - migration.startedAt)})`;
}

/** As PVE::Tools renders a duration. */
export function durationText(duration: Milliseconds): string {
  const seconds = Math.floor(duration / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** `1.5 GiB`, as render_bytes writes it. */
function bytesText(bytes: Bytes): string {
  if (bytes >= GIB) return `${(bytes / GIB).toFixed(1)} GiB`;
  if (bytes >= MIB) return `${(bytes / MIB).toFixed(1)} MiB`;
  if (bytes >= KIB) return `${(bytes / KIB).toFixed(1)} KiB`;
  return `${Math.round(bytes)}.0 B`;
}

/** A tenth of the memory, down to a power of two. */
function cacheSize(memory: Bytes): Bytes {
  return 2 ** Math.floor(Math.log2(Math.max(1, memory / 10)));
}
