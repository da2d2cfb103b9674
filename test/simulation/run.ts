import type { Milliseconds } from '@ballast/core';
import type { Breach } from './judges/court.ts';
import { Court } from './judges/court.ts';
import { START } from './rig/cluster.ts';
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
  /** Virtual time that it took. */
  readonly lasted: Milliseconds;
}

/** Some rounds of every operator are looked at in which nothing goes wrong. */
const CALM_AT_LEAST: Milliseconds = 90_000;
/** How often it is looked whether a calm has come to its end. */
const LOOK: Milliseconds = 5000;
/** One seed in so many goes on to the end of its calm: guests whose rest is over by then are not to move again. */
const WHOLE = 4;

/** Runs a scenario to its end, until all has come to rest in its calm, or to the first promise that is broken. */
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
  let next = START + scenario.troubled + CALM_AT_LEAST;
  let settled = false;
  const rests = (sitting: Court): boolean => {
    const { now } = simulation.agenda;
    if (settled || now < next || scenario.seed % WHOLE === 0) return settled;
    next = now + LOOK;
    settled = sitting.isSettled;
    return settled;
  };
  const simulation = new Simulation(scenario, watch, write);
  const sitting = court as unknown as Court;
  await simulation.run(() => {
    sitting.looks();
    return sitting.breaches.length > 0 || rests(sitting);
  });
  if (sitting.breaches.length === 0) sitting.ends();
  const { asked } = sitting.evidence;
  const { events, now } = simulation.agenda;
  return { scenario, breaches: sitting.breaches, struck, asked: asked.length, events, lasted: now - START };
}
