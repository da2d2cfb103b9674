import type { Breach } from './judges/court.ts';
import { Court } from './judges/court.ts';
import { momentOf, momentsOf } from './rig/moments.ts';
import { Simulation, type Watcher } from './rig/simulation.ts';
import type { Fault, Moment } from './scenario/fault.ts';
import type { Scenario } from './scenario/types.ts';

/** A fault that struck, and what a step was at then. */
export interface Struck {
  readonly fault: Fault;
  readonly moment: Moment;
}

export interface Outcome {
  readonly scenario: Scenario;
  readonly breaches: readonly Breach[];
  readonly struck: readonly Struck[];
  /** Migrations that were asked for. */
  readonly asked: number;
  readonly events: number;
}

/** Runs a scenario to its end, or to the first promise that is broken. */
export async function runScenario(scenario: Scenario, write?: (line: string) => void): Promise<Outcome> {
  const struck: Struck[] = [];
  let court: Court | undefined;
  const watch = (simulation: Simulation): Watcher => {
    const sitting = new Court(simulation);
    court = sitting;
    return {
      struck: (fault) => void struck.push({ fault, moment: momentOf(simulation, fault) }),
      leaves: (request) => sitting.leaves(request),
      carried: (request, reply) => sitting.carried(request, reply),
      reached: (request, reply) => sitting.reached(request, reply),
      saving: (process, history) => sitting.saving(process, history),
      weighs: (process, assignments) => sitting.weighs(process, assignments),
      isMoment: ({ when }) => when !== undefined && momentsOf(simulation).has(when),
    };
  };
  const simulation = new Simulation(scenario, watch, write);
  const sitting = court as unknown as Court;
  await simulation.run(() => {
    sitting.looks();
    return sitting.breaches.length > 0;
  });
  if (sitting.breaches.length === 0) sitting.ends();
  const { asked } = sitting.evidence;
  return { scenario, breaches: sitting.breaches, struck, asked: asked.length, events: simulation.agenda.events };
}
