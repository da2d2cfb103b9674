import type { GuestId, NodeName } from '@ballast/core';
import { startJob, stopJob } from './jobs.ts';
import { failMigration } from './migration/phases.ts';
import type { WorldMigration } from './records.ts';
import { killTask } from './task.ts';
import { changeGuest, changeNode, guestOf, type MigrationFailure, type World, type WorldGuest } from './world.ts';

/**
 * A node leaves the cluster at once, and its guests stop with it (they come back when it does).
 * Migrations away from it die with their worker and leave the guest locked; those towards it fail.
 */
export function nodeDown(world: World, name: NodeName): World {
  let next = changeNode(world, name, (node) =>
    node.online ? { ...node, online: false, offlineSince: world.now } : node,
  );
  for (const migration of world.migrations) next = loseNode(next, migration, name);
  return next;
}

function loseNode(world: World, migration: WorldMigration, name: NodeName): World {
  if (migration.from === name) {
    const killed = killTask(world, migration.upid);
    return { ...killed, migrations: killed.migrations.filter((m) => m.upid !== migration.upid) };
  }
  return migration.to === name ? failMigration(world, migration, 'tunnel closed unexpectedly') : world;
}

/** A node comes back: it boots and starts the guests that lie on it. */
export function nodeUp(world: World, name: NodeName): World {
  const booted = changeNode(world, name, (node) => {
    const { offlineSince: _since, silentSince: _silent, ...rest } = node;
    return {
      ...rest,
      online: true,
      bootedAt: world.now,
      activity: { ...rest.activity, coreTime: 0, netIn: 0, netOut: 0 },
    };
  });
  return { ...booted, guests: booted.guests.map((guest) => (guest.node === name ? restarted(guest, world) : guest)) };
}

function restarted(guest: WorldGuest, world: World): WorldGuest {
  const activity = { ...guest.activity, coreTime: 0, netIn: 0, netOut: 0, diskRead: 0, diskWrite: 0 };
  return { ...guest, startedAt: world.now, activity };
}

/** pvestatd of a node hangs: what it said last grows old. */
export function statsSilent(world: World, name: NodeName): World {
  return changeNode(world, name, (node) => ({ ...node, silentSince: world.now }));
}

export function statsHeard(world: World, name: NodeName): World {
  return changeNode(world, name, ({ silentSince: _since, ...node }) => node);
}

/** The migrations to come of a guest (or of any) fail. */
export function failNextMigrations(world: World, failure: MigrationFailure): World {
  return { ...world, failures: [...world.failures, failure] };
}

/** A guest's CPU demand that comes from its traffic. */
export function withTraffic(world: World, cores: Readonly<Record<GuestId, number>>): World {
  return {
    ...world,
    guests: world.guests.map((guest) => {
      const traffic = cores[guest.id];
      return traffic === undefined || traffic === guest.trafficCores ? guest : { ...guest, trafficCores: traffic };
    }),
  };
}

/** A configuration lock is set or, without a name, taken away. */
export function withLock(world: World, id: GuestId, lock: string | undefined): World {
  return changeGuest(world, id, ({ lock: _lock, ...guest }) => (lock === undefined ? guest : { ...guest, lock }));
}

/** Asks a running task to stop, as SIGTERM does: a migration cleans up behind itself. */
export function stopTask(world: World, upid: string): World {
  const migration = world.migrations.find((m) => m.upid === upid);
  if (migration !== undefined) return migration.moved ? world : failMigration(world, migration, 'received interrupt');
  const job = world.jobs.find((entry) => entry.upid === upid);
  if (job !== undefined) return stopJob(world, job);
  const commands = world.commands.filter((command) => command.filed || command.upid !== upid);
  return killTask({ ...world, commands }, upid);
}

/** A node goes into HA maintenance, or comes out of it: its services leave, and come back. */
export function withMaintenance(world: World, name: NodeName, maintenance: boolean): World {
  return changeNode(world, name, (node) => ({ ...node, maintenance }));
}

/** A node's clock runs ahead of the others', or behind with a negative number. */
export function withClockSkew(world: World, name: NodeName, clockSkew: number): World {
  return changeNode(world, name, (node) => ({ ...node, clockSkew }));
}

/** A backup of a guest begins: it is locked, and a task runs for `duration`. */
export function startBackup(world: World, id: GuestId, duration: number, user = 'root@pam'): World {
  const guest = guestOf(world, id);
  if (guest === undefined || guest.lock !== undefined) return world;
  const spec = { node: guest.node, type: 'vzdump', id: String(id), user };
  const lines = [
    `INFO: Starting Backup of VM ${id} (${guest.kind})`,
    `INFO: Backup started`,
    `INFO: status = ${guest.status}`,
  ];
  return withLock(startJob(world, spec, { kind: 'unlock', guest: id }, duration, lines).world, id, 'backup');
}
