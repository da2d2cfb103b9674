import { type Assessment, BallastError, type Clock, type Milliseconds } from '@ballast/core';

/** Nothing is begun, and no weight is pushed, on a look at the cluster that is older: rounds fail, or take long. */
const FRESH: Milliseconds = 60_000;

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
