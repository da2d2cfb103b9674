import { failNextMigrations, stopTask, type World, type WorldMigration } from '@ballast/pve-simulator';
import type { TASK_FAULTS } from '../../scenario/fault.ts';
import type { Strike } from './stage.ts';

const REASON = 'a fault of the simulation';

/** What befalls the task that runs, or else the next one. */
export const TASK_STRIKES: Readonly<Record<(typeof TASK_FAULTS)[number], Strike>> = {
  'task-fails': (_, { cluster }) => {
    const failing = (migration: WorldMigration, { now }: World): WorldMigration => ({
      ...migration,
      failure: { at: now + 500, reason: REASON },
    });
    cluster.update((world) => changed(world, 'fail', failing));
    return undefined;
  },
  'task-stalls': (_, { cluster }) => {
    const stalled = (migration: WorldMigration): WorldMigration => ({
      ...migration,
      stalled: true,
      phaseEndsAt: Number.MAX_SAFE_INTEGER,
    });
    cluster.update((world) => changed(world, 'stall', stalled));
    // Somebody stops what comes to no end.
    return () =>
      cluster.update((world) => {
        const stuck = world.migrations.filter((migration) => migration.stalled);
        const stopped = stuck.reduce((now, { upid }) => stopTask(now, upid), world);
        return { ...stopped, failures: stopped.failures.filter(({ manner }) => manner !== 'stall') };
      });
  },
  'task-warns': (_, { cluster }) => {
    const warned = (migration: WorldMigration): WorldMigration => ({ ...migration, warning: REASON });
    cluster.update((world) => changed(world, 'warn', warned));
    return undefined;
  },
  'task-slow': (_, { cluster }) => {
    cluster.update((world) => quicker(world, 1 / 16));
    return () => cluster.update((world) => quicker(world, 16));
  },
  'task-vanishes': (_, { cluster }) => {
    cluster.update((world) => {
      const gone = world.migrations.at(-1)?.upid ?? world.tasks.findLast(({ type }) => type.endsWith('migrate'))?.upid;
      return { ...world, tasks: world.tasks.filter(({ upid }) => upid !== gone) };
    });
    return undefined;
  },
};

/** A network that is quicker by a factor. What a switch-over still has to send crosses it as well. */
function quicker(world: World, factor: number): World {
  const { now } = world;
  const migrations = world.migrations.map((migration) => {
    const { phase, phaseEndsAt = now } = migration;
    return phase === 'switch' ? { ...migration, phaseEndsAt: now + (phaseEndsAt - now) / factor } : migration;
  });
  const nodes = world.nodes.map((node) => ({ ...node, bandwidth: node.bandwidth * factor }));
  return { ...world, nodes, migrations };
}

/** The newest migration that is still under way, changed; or, where there is none, the fate of the next one. */
function changed(
  world: World,
  manner: 'fail' | 'stall' | 'warn',
  change: (migration: WorldMigration, world: World) => WorldMigration,
): World {
  const running = world.migrations.findLast(({ moved, stalled }) => !moved && stalled !== true);
  if (running === undefined) return failNextMigrations(world, { times: 1, phase: 'copy', manner, reason: REASON });
  const migrations = world.migrations.map((other) => (other === running ? change(running, world) : other));
  return { ...world, migrations };
}
