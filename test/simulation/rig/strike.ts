import type { Milliseconds } from '@ballast/core';
import type { Fault, FaultKind } from '../scenario/fault.ts';
import { CLUSTER_STRIKES } from './strikes/cluster.ts';
import { GUEST_STRIKES } from './strikes/guests.ts';
import { OPERATOR_STRIKES } from './strikes/operators.ts';
import type { Stage, Strike } from './strikes/stage.ts';
import { TASK_STRIKES } from './strikes/tasks.ts';

const STRIKES: Partial<Record<FaultKind, Strike>> = {
  ...CLUSTER_STRIKES,
  ...GUEST_STRIKES,
  ...OPERATOR_STRIKES,
  ...TASK_STRIKES,
};

/** Everything is mended this long after the last fault began, at the latest. */
const SPARE: Milliseconds = 1000;

export function strike(fault: Fault, simulation: Stage): void {
  const { agenda, scenario, trace } = simulation;
  const heal = STRIKES[fault.kind]?.(fault, simulation);
  if (heal === undefined) return;
  const left = simulation.start + scenario.troubled - agenda.now - SPARE;
  agenda.in(Math.min(fault.lasts, left), () => {
    trace(() => `heals ${fault.id} ${fault.kind}`);
    heal();
  });
}
