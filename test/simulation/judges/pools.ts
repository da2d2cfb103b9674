import type { GuestId, Milliseconds } from '@ballast/core';
import type { Judge } from './judge.ts';

/** A pause that stands for longer was to be read: orders are taken for what stands for two seconds. */
const READ: Milliseconds = 2500;

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

/** Weights rise step by step, round by round, once their host is cool. */
const RISES: Milliseconds = 180_000;

/** In the end every member that runs takes connections again, and as many as the others, unless its host is hot, or was until now. */
export const restored: Judge = {
  ends: (evidence) => {
    const { simulation } = evidence;
    const begun = evidence.begunIn(RISES);
    const { world } = simulation.cluster;
    const excused = (id: GuestId): boolean => {
      const host = world.nodes.find(({ name }) => name === world.guests.find((guest) => guest.id === id)?.node);
      const hot = host !== undefined && host.activity.granted / host.cores > 0.8;
      return hot || begun.has(id);
    };
    const members = [...simulation.balancer.members].filter(([id]) =>
      world.guests.some((guest) => guest.id === id && guest.status === 'running' && guest.tags.includes('web')),
    );
    const drained = members.find(([id, { state }]) => state === 'drain' && !begun.has(id));
    if (drained !== undefined) return `guest ${drained[0]} is still drained`;
    const usual = Math.max(0, ...members.map(([, { weight }]) => weight));
    const low = members.find(([id, { weight }]) => weight < usual * 0.15 && !excused(id));
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
