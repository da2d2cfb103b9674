import type { Milliseconds } from '@ballast/core';
import type { Judge } from './judge.ts';

/** A pause that stands for longer was to be read. */
const READ: Milliseconds = 500;

/** A pool is never weighted to nothing. */
export const pools: Judge = {
  weighs: (process, assignments) => {
    for (const { weights } of assignments) {
      const serving = weights.members.filter(({ state, weight }) => state === 'ready' && weight > 0);
      if (weights.members.length > 0 && serving.length === 0)
        return `${process.name} leaves nobody in ${weights.service}`;
    }
    return undefined;
  },
};

/** In the end every member that runs takes connections again, and as many as the others. */
export const restored: Judge = {
  ends: ({ simulation }) => {
    const { world } = simulation.cluster;
    const members = [...simulation.balancer.members].filter(([id]) =>
      world.guests.some((guest) => guest.id === id && guest.status === 'running' && guest.tags.includes('web')),
    );
    const drained = members.find(([, { state }]) => state === 'drain');
    if (drained !== undefined) return `guest ${drained[0]} is still drained`;
    const usual = Math.max(0, ...members.map(([, { weight }]) => weight));
    const low = members.find(([, { weight }]) => weight < usual * 0.15);
    return low === undefined
      ? undefined
      : `guest ${low[0]} still has a weight of ${low[1].weight} where others have ${usual}`;
  },
};

/** Nothing is begun while a pause stands. */
export const pauses: Judge = {
  leaves: ({ at, by, guest, request }, { simulation }) => {
    const { pause } = simulation.disk.orders;
    if (pause === undefined || request.late || at - pause.since < READ) return undefined;
    return `${by} asks for guest ${guest} while it is paused`;
  },
};
