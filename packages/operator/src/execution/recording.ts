import type { Clock, Migration, MigrationTask, Migrator } from '@ballast/core';

/** A migrator that writes down what it is asked and moves nothing: the dry run's. */
export function recordingMigrator(clock: Clock): Migrator & { readonly started: readonly Migration[] } {
  const started: Migration[] = [];
  return {
    started,
    validate: () => Promise.resolve([]),
    start: (step) => {
      started.push(step);
      const task: MigrationTask = {
        id: `recorded-${started.length}`,
        node: step.from,
        guest: step.guest,
        startedAt: clock.now(),
      };
      return Promise.resolve(task);
    },
    follow: () => Promise.resolve({ result: 'done', detail: 'recorded' }),
    abort: () => Promise.resolve(),
  };
}
