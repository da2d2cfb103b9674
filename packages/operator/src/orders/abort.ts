import { type CallOptions, describeError, type Migrator, type StepReport } from '@ballast/core';
import type { Logger } from '@ballast/telemetry';

/**
 * Asks Proxmox VE to stop what runs, by order of a person. It is asked each round for as long as the order stands: one that
 * could not be stopped, or was found only after a restart, is stopped then. Throws nothing.
 */
export async function abortRunning(
  steps: readonly StepReport[],
  { migrator, log }: { readonly migrator: Pick<Migrator, 'abort'>; readonly log: Logger },
  options: CallOptions,
): Promise<void> {
  const running = steps.flatMap(({ step, state, task, startedAt = 0 }) =>
    state === 'running' && task !== undefined ? [{ id: task, node: step.from, guest: step.guest, startedAt }] : [],
  );
  await Promise.all(
    running.map(async (task) => {
      const { guest, id } = task;
      try {
        await migrator.abort(task, options);
        log.warn({ guest, task: id }, 'asked to stop a migration, by order');
      } catch (error) {
        log.warn({ guest, task: id }, `a migration was not stopped, and is asked to again: ${describeError(error)}`);
      }
    }),
  );
}
