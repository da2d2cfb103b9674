import type { Milliseconds } from '@ballast/core';
import type { MigrationPhase, WorldMigration } from '../records.ts';
import { turnReplications } from '../replication.ts';
import { endTask } from '../task.ts';
import { changeGuest, guestOf, type LocalDisk, type MigrationFailure, nodeOf, unlocked, type World } from '../world.ts';
import { log, put } from './change.ts';
import { copyLines, diskLines, disksDoneLines, durationText, finishedLine, switchedLines, tunnelLines } from './log.ts';
import { storageOnTarget } from './request.ts';
import { converged, transferRate } from './transfer.ts';

/** Takes every migration that is due at `world.now` one phase on. */
export function settleMigrations(world: World): World {
  let next = world;
  for (const { upid } of world.migrations) {
    for (let phases = 0; phases < 8; phases++) {
      const migration = next.migrations.find((m) => m.upid === upid);
      if (migration === undefined || !isDue(next, migration)) break;
      next = advance(next, migration);
    }
  }
  return next;
}

function isDue(world: World, migration: WorldMigration): boolean {
  if (migration.failure !== undefined && migration.failure.at <= world.now) return true;
  if (migration.phaseEndsAt !== undefined) return migration.phaseEndsAt <= world.now;
  if (migration.phase === 'disks') return migration.remaining < 1;
  return converged(world, migration) || migration.stalledFor >= world.settings.patience;
}

function advance(world: World, migration: WorldMigration): World {
  if (migration.failure !== undefined && migration.failure.at <= world.now) {
    return failMigration(world, migration, migration.failure.reason);
  }
  if (nodeOf(world, migration.to)?.online !== true && !migration.moved) {
    return failMigration(world, migration, "Can't connect to destination address using public key");
  }
  switch (migration.phase) {
    case 'prepare':
    case 'stop':
      return afterPrepare(world, migration);
    case 'disks':
      return afterDisks(world, migration);
    case 'copy':
      return afterCopy(world, migration);
    case 'switch':
      return afterSwitch(world, migration);
    case 'start':
      return afterStart(world, migration);
    case 'finish':
      return finish(world, migration);
  }
}

function afterPrepare(world: World, migration: WorldMigration): World {
  const early = world.failures.find((f) => f.phase === 'prepare' && (f.guest ?? migration.guest) === migration.guest);
  if (early !== undefined) return befallen(useFailure(world, early), migration, early);
  const guest = guestOf(world, migration.guest);
  if (guest === undefined) return failMigration(world, migration, `no such VM '${migration.guest}'`);
  let next = log(world, migration.upid, tunnelLines(migration));
  if (migration.phase === 'stop') {
    next = changeGuest(next, guest.id, (g) => ({ ...g, status: 'stopped' }));
  }
  if (migration.diskBytes === 0) return afterDisks(next, migration);
  next = log(next, migration.upid, diskLines(migration, guest));
  const { phaseEndsAt: _ends, ...untimed } = migration;
  return put(next, { ...untimed, phase: 'disks', remaining: migration.diskBytes });
}

function afterDisks(world: World, migration: WorldMigration): World {
  const guest = guestOf(world, migration.guest);
  if (guest === undefined) return failMigration(world, migration, `no such VM '${migration.guest}'`);
  let next = world;
  if (migration.phase === 'disks') next = log(next, migration.upid, disksDoneLines(migration));
  if (migration.mode === 'restart') return startOnTarget(next, migration);
  if (migration.mode === 'offline') return enter(move(next, migration), { ...migration, moved: true }, 'finish', 0);
  next = log(next, migration.upid, copyLines(migration, guest));
  const late = next.failures.find((f) => f.phase === 'copy' && (f.guest ?? guest.id) === guest.id);
  if (late !== undefined) next = useFailure(next, late);
  const manner = late?.manner ?? 'fail';
  const { phaseEndsAt: _ends, ...untimed } = migration;
  const memoryUsed = guest.activity.memoryUsed;
  return put(next, {
    ...untimed,
    phase: 'copy',
    memoryUsed,
    remaining: memoryUsed,
    copyStartedAt: next.now,
    ...(late === undefined || manner === 'warn' ? {} : lateFate(next.now, late)),
    ...(late !== undefined && manner === 'warn' ? { warning: late.reason } : {}),
  });
}

/** What a failure that awaited the migration makes of it before the memory is sent. */
function befallen(world: World, migration: WorldMigration, failure: MigrationFailure): World {
  if (failure.manner === 'warn') return put(world, { ...migration, warning: failure.reason });
  if (failure.manner !== 'stall') return failMigration(world, migration, failure.reason);
  return put(world, { ...migration, stalled: true, phaseEndsAt: Number.MAX_SAFE_INTEGER });
}

function lateFate(now: number, failure: MigrationFailure): Partial<WorldMigration> {
  if (failure.manner === 'stall') return { stalled: true, phaseEndsAt: Number.MAX_SAFE_INTEGER };
  return { failure: { at: now + 2000, reason: failure.reason } };
}

/** A container lies stopped on its target until it has booted there. */
function startOnTarget(world: World, migration: WorldMigration): World {
  const next = log(move(world, migration), migration.upid, ['start final cleanup', 'start container on target node']);
  return enter(next, { ...migration, moved: true }, 'start', world.settings.bootTime);
}

function afterStart(world: World, migration: WorldMigration): World {
  const booted = changeGuest(world, migration.guest, (guest) => ({
    ...guest,
    status: 'running',
    startedAt: world.now,
  }));
  return enter(booted, migration, 'finish', world.settings.finishTime);
}

function afterCopy(world: World, migration: WorldMigration): World {
  if (!converged(world, migration)) {
    const downtimeLimit = migration.downtimeLimit * 2;
    const line = `auto-increased downtime to continue migration: ${downtimeLimit} ms`;
    return put(log(world, migration.upid, [line]), { ...migration, downtimeLimit, stalledFor: 0 });
  }
  if (migration.failure !== undefined) return failMigration(world, migration, migration.failure.reason);
  const { sent } = transferRate(world, migration);
  const downtime = Math.max(20, Math.ceil((migration.remaining / Math.max(1, sent)) * 1000));
  const whole = { ...migration, downtime, transferred: migration.transferred + migration.remaining, remaining: 0 };
  return enter(world, whole, 'switch', downtime);
}

function afterSwitch(world: World, migration: WorldMigration): World {
  const moved = move(log(world, migration.upid, switchedLines(migration, world.now)), migration);
  return enter(moved, { ...migration, moved: true }, 'finish', world.settings.finishTime);
}

/** The configuration goes to the target, where a new process counts from zero. */
function move(world: World, migration: WorldMigration): World {
  return changeGuest(world, migration.guest, (guest) => ({
    ...guest,
    node: migration.to,
    localDisks: guest.localDisks.map((disk) => onTarget(disk, migration.targetStorage)),
    startedAt: world.now,
    activity: { ...guest.activity, coreTime: 0, netIn: 0, netOut: 0, diskRead: 0, diskWrite: 0 },
  }));
}

function onTarget(disk: LocalDisk, targetStorage: string | undefined): LocalDisk {
  if (targetStorage === undefined) return disk;
  return { ...disk, volume: disk.volume.replace(/^[^:]*/, storageOnTarget(disk.volume, targetStorage)) };
}

function finish(world: World, migration: WorldMigration): World {
  const { upid, warning } = migration;
  const lines = [...(warning === undefined ? [] : [`WARN: ${warning}`]), finishedLine(migration, world.now)];
  const ended = endTask(log(world, upid, lines), upid, warning === undefined ? 'OK' : 'WARNINGS: 1');
  return turnReplications(release(ended, migration), migration.guest, migration.from, migration.to);
}

/**
 * Ends a migration that went wrong. Before the memory's transfer Proxmox VE reports `migration aborted`, in it
 * `migration problems`; either way the guest goes on running at its source.
 */
export function failMigration(world: World, migration: WorldMigration, reason: string): World {
  const late = migration.phase === 'copy' || migration.phase === 'switch' || migration.phase === 'finish';
  const duration = durationText(world.now - migration.startedAt);
  const lines = late
    ? [
        `ERROR: online migrate failure - ${reason}`,
        'aborting phase 2 - cleanup resources',
        'migrate_cancel',
        `ERROR: migration finished with problems (duration ${duration})`,
      ]
    : [
        `ERROR: ${reason}`,
        'aborting phase 1 - cleanup resources',
        `ERROR: migration aborted (duration ${duration}): ${reason}`,
      ];
  const ended = endTask(
    log(world, migration.upid, lines),
    migration.upid,
    late ? 'migration problems' : 'migration aborted',
  );
  const restarted = changeGuest(ended, migration.guest, (guest) =>
    migration.mode === 'restart' ? { ...guest, status: 'running' } : guest,
  );
  return release(restarted, migration);
}

/** Forgets the migration and takes its lock away. */
function release(world: World, migration: WorldMigration): World {
  const freed = changeGuest(world, migration.guest, (guest) => {
    const open = unlocked(guest);
    return open.ha === undefined ? open : { ...open, ha: { ...open.ha, crm: open.ha.state } };
  });
  return { ...freed, migrations: freed.migrations.filter((m) => m.upid !== migration.upid) };
}

function enter(world: World, migration: WorldMigration, phase: MigrationPhase, time: Milliseconds): World {
  return put(world, { ...migration, phase, phaseEndsAt: world.now + time });
}

function useFailure(world: World, failure: World['failures'][number]): World {
  const failures = world.failures
    .map((f) => (f === failure ? { ...f, times: f.times - 1 } : f))
    .filter((f) => f.times > 0);
  return { ...world, failures };
}
