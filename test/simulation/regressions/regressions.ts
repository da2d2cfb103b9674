import type { Fault } from '../scenario/fault.ts';

/** What once broke a promise: the faults that are enough, in the cluster of a seed. */
export interface Regression {
  /** What was wrong. */
  readonly name: string;
  readonly seed: number;
  readonly faults: readonly Fault[];
}

const COMMON = { times: 1, call: 'any', node: 'pve3', guest: 100, operator: 0 } as const;

export const REGRESSIONS: readonly Regression[] = [
  {
    name: 'figures that stood still while looks were refused for want of a quorum counted as new after it',
    seed: 81,
    faults: [
      { ...COMMON, id: 0, kind: 'quorum-lost', at: 8_000, lasts: 122_000 },
      { ...COMMON, id: 1, kind: 'stats-stale', at: 25_000, lasts: 240_000 },
    ],
  },
];
