import type { Fault } from '@ballast/pve-simulator';
import type { Rig } from '../rig.ts';
import type { FaultRun, Moment } from '../run.ts';

export const FIRST: Moment = 'the first step is asked for';
export const RUNNING: Moment = 'a migration runs';
export const NEXT: Moment = 'the second step is due';

/** The node that is hot. */
export const SOURCE = 'pve1';

/** A fault of the simulator's own. */
export function of(fault: Fault): FaultRun['strike'] {
  return (rig) => rig.simulator.fail(fault);
}

/** The guest of the step that waits, and where it is to go. */
export function waiting(rig: Rig): { readonly guest: number; readonly to: string } {
  const found = rig.life.operator.steps.find(({ state }) => state === 'planned');
  if (found === undefined) throw new Error('no step waits');
  return found.step;
}

/** Where the migration that runs goes, or else the next one. */
export function target(rig: Rig): string {
  const [migration] = rig.simulator.world.migrations;
  return migration?.to ?? waiting(rig).to;
}

/** Somebody stops the migration that runs, as root and through the API. */
export function stopFirst(rig: Rig): void {
  const [migration] = rig.simulator.world.migrations;
  if (migration === undefined) throw new Error('nothing migrates');
  const { upid: id, from: node, guest, startedAt } = migration;
  void rig.somebody.migrator.abort({ id, node, guest, startedAt });
}
