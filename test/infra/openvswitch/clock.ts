import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '@ballast/core';

/** The machine's own time. */
export const wallClock: Clock = {
  now: () => Date.now(),
  sleep: (duration, signal) => pause(duration, undefined, signal === undefined ? {} : { signal }),
};
