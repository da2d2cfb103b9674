import { type Assessment, BallastError, type Clock, type Instant, type Milliseconds } from '@ballast/core';

/** Nothing is begun, and no weight is pushed, on a look at the cluster that is older: rounds fail, or take long. */
const FRESH: Milliseconds = 60_000;

/** From when on Proxmox VE is asked about a step once more before it starts: draining and saving may take their time. */
export const RECENT: Milliseconds = 30_000;

/** @throws {BallastError} `not-fresh` where Proxmox VE was last asked about a step too long ago */
export function requireWord(askedAt: Instant, clock: Clock): void {
  const age = clock.now() - askedAt;
  if (age <= FRESH) return;
  const got = `one from ${Math.ceil(age / 1000)} s ago`;
  throw new BallastError('not-fresh', `Expected a word on the step from the last ${FRESH / 1000} s, got ${got}.`, {
    hint: 'It is not asked for; the next round plans anew. See why the state of Ballast takes so long to be saved.',
  });
}

/** @throws {BallastError} `not-fresh`, also where the clock leapt since: the machine may have been suspended meanwhile */
export function requireFresh({ snapshot }: Assessment, clock: Clock): void {
  const age = clock.now() - snapshot.takenAt;
  const leapt = (clock.leaptAt?.() ?? Number.NEGATIVE_INFINITY) >= snapshot.takenAt;
  if (age <= FRESH && !leapt) return;
  const got = leapt ? 'one from before the clock was set' : `one from ${Math.ceil(age / 1000)} s ago`;
  throw new BallastError('not-fresh', `Expected a look at the cluster from the last ${FRESH / 1000} s, got ${got}.`, {
    hint: 'Nothing more is begun on it, and no weight is pushed; the next round looks anew. See why rounds are late.',
  });
}
