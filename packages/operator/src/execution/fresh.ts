import { type Assessment, BallastError, type Instant, type Milliseconds } from '@ballast/core';

/** Nothing is begun, and no weight is pushed, on a look at the cluster that is older: rounds fail, or take long. */
const FRESH: Milliseconds = 60_000;

/** @throws {BallastError} `not-fresh` */
export function requireFresh({ snapshot }: Assessment, now: Instant): void {
  const age = now - snapshot.takenAt;
  if (age <= FRESH) return;
  throw new BallastError(
    'not-fresh',
    `Expected a look at the cluster from the last ${FRESH / 1000} s, got one from ${Math.ceil(age / 1000)} s ago.`,
    {
      hint: 'Nothing more is begun on it, and no weight is pushed; the next round looks anew. See why rounds are late.',
    },
  );
}
