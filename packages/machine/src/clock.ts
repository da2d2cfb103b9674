import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@ballast/core';
import { SteadyTime } from './steady-time.ts';

const wall = (): number => Date.now();
const time = new SteadyTime({ wall, steady: () => performance.now() });

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => time.now(),
  leaptAt: () => time.leaptAt(),
  wall,
  sleep: async (duration, signal) => {
    try {
      await delay(duration, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // Node wraps the reason; the port promises the reason itself.
      throw signal?.aborted ? signal.reason : error;
    }
  },
};
