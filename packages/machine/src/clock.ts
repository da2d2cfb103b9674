import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@ballast/core';

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (duration, signal) => {
    try {
      await delay(duration, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // Node wraps the reason; the port promises the reason itself.
      throw signal?.aborted ? signal.reason : error;
    }
  },
};
