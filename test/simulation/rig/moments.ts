import { type Fault, MOMENTS, type Moment } from '../scenario/fault.ts';
import type { Simulation } from './simulation.ts';

/** By how seldom they are: of several steps the one counts that is in the rarest state. */
const RAREST: readonly Moment[] = ['submitted', 'draining', 'admitted', 'unknown', 'running', 'planned', 'verifying'];
const KNOWN: ReadonlySet<string> = new Set(MOMENTS);

/** The states that steps are in now: those that an operator carries out, and what the history knows of others. */
export function momentsOf({ hosts, disk }: Simulation): ReadonlySet<Moment> {
  const states = hosts.flatMap((host) => host.operator?.steps.map(({ state }) => state) ?? []);
  for (const { state } of disk.history.moves) if (state === 'unknown' || state === 'verifying') states.push(state);
  return new Set(states.filter((state): state is Exclude<typeof state & Moment, never> => KNOWN.has(state)));
}

/** What a step is at when a fault strikes; the state that the fault has waited for goes first. */
export function momentOf(simulation: Simulation, { when }: Fault): Moment {
  const moments = momentsOf(simulation);
  if (when !== undefined && moments.has(when)) return when;
  return RAREST.find((moment) => moments.has(moment)) ?? 'idle';
}
