import type { WorldMigration } from '../records.ts';
import { logTask, stamp } from '../task.ts';
import type { World } from '../world.ts';

/** The world with a migration as it now stands. */
export function put(world: World, migration: WorldMigration): World {
  return { ...world, migrations: world.migrations.map((m) => (m.upid === migration.upid ? migration : m)) };
}

/** Lines of a migration's task, with the time before each. */
export function log(world: World, upid: string, lines: readonly string[]): World {
  return logTask(
    world,
    upid,
    lines.map((line) => stamp(world.now, line)),
  );
}
