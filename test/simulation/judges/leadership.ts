import type { Milliseconds } from '@ballast/core';
import { LEASE } from '../rig/host.ts';
import type { Simulation } from '../rig/simulation.ts';
import type { Judge } from './judge.ts';

/** Only who has the lease asks for migrations and pushes weights. */
export const leadership: Judge = {
  leaves: ({ by, request, guest }, { simulation, now }) => {
    if (isAlone(simulation) || request.late) return undefined;
    const holder = simulation.disk.holder(now);
    return holder === by ? undefined : `${by} asks for guest ${guest}, and ${holder ?? 'nobody'} has the lease`;
  },
  weighs: (process, _, { simulation, now }) => {
    if (isAlone(simulation)) return undefined;
    const holder = simulation.disk.holder(now);
    return holder === process.name
      ? undefined
      : `${process.name} pushes weights, and ${holder ?? 'nobody'} has the lease`;
  },
};

/** A store that forgets a lease tells nobody: who had it believes in it until it was to be prolonged, three quarters on. */
const UNAWARE: Milliseconds = (LEASE * 3) / 4;

function isAlone({ scenario, leaseLostAt, agenda }: Simulation): boolean {
  return scenario.operators === 1 || agenda.now - leaseLostAt <= UNAWARE;
}
