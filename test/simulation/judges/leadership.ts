import type { Judge } from './judge.ts';

/** Only who has the lease asks for migrations and pushes weights. */
export const leadership: Judge = {
  leaves: ({ by, request, guest }, { simulation, now }) => {
    if (simulation.scenario.operators === 1 || request.late) return undefined;
    const holder = simulation.disk.holder(now);
    return holder === by ? undefined : `${by} asks for guest ${guest}, and ${holder ?? 'nobody'} has the lease`;
  },
  weighs: (process, _, { simulation, now }) => {
    if (simulation.scenario.operators === 1) return undefined;
    const holder = simulation.disk.holder(now);
    return holder === process.name
      ? undefined
      : `${process.name} pushes weights, and ${holder ?? 'nobody'} has the lease`;
  },
};
