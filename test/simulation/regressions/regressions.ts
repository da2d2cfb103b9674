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
  {
    name: 'a migration whose task was forgotten counted as failed while it ran',
    seed: 426,
    faults: [
      { ...COMMON, id: 4, kind: 'task-stalls', at: 28_027, when: 'admitted', lasts: 76_300, node: 'pve4' },
      { ...COMMON, id: 6, kind: 'task-vanishes', at: 90_420, when: 'running', lasts: 58_778, times: 4, node: 'pve2' },
      { ...COMMON, id: 8, kind: 'maintenance', at: 123_997, lasts: 135_644, times: 2, node: 'pve2' },
    ],
  },
  {
    name: 'weights were pushed at the end of a round that took longer than its look was good for',
    seed: 42,
    faults: [
      { ...COMMON, id: 5, kind: 'guest-moved', at: 50_266, lasts: 225_519, node: 'pve2', guest: 109 },
      { ...COMMON, id: 6, kind: 'task-stalls', at: 61_427, when: 'verifying', lasts: 173_743, guest: 107 },
      { ...COMMON, id: 11, kind: 'node-hangs', at: 137_823, when: 'verifying', lasts: 93_648, times: 2, operator: 1 },
    ],
  },
  {
    name: 'a migration was asked for by a process that had stood still since its last look',
    seed: 501,
    faults: [
      { ...COMMON, id: 2, kind: 'task-fails', at: 1_683, lasts: 30_283, guest: 106 },
      { ...COMMON, id: 6, kind: 'order-drain', at: 12_942, when: 'draining', lasts: 53_242, times: 3, guest: 102 },
      {
        ...COMMON,
        id: 15,
        kind: 'stop',
        at: 103_849,
        when: 'draining',
        lasts: 45_824,
        times: 5,
        guest: 101,
        operator: 1,
      },
    ],
  },
  {
    name: 'what an ended term still had on its way to the store was taken for that of the next, under the same token',
    seed: 5435,
    faults: [
      { ...COMMON, id: 0, kind: 'store-slow', at: 3_647, when: 'planned', lasts: 15_334, times: 4, guest: 107 },
      { ...COMMON, id: 2, kind: 'guest-moved', at: 8_055, lasts: 84_258, times: 6, node: 'pve1', guest: 108 },
      {
        ...COMMON,
        id: 12,
        kind: 'guest-moved',
        at: 31_299,
        when: 'admitted',
        lasts: 70_806,
        times: 2,
        node: 'pve1',
        guest: 104,
      },
    ],
  },
  {
    name: 'old figures of a node that was started while no look succeeded were trusted',
    seed: 490,
    faults: [
      { ...COMMON, id: 2, kind: 'crash-at-call', at: 7_680, when: 'verifying', lasts: 20_463, times: 3, node: 'pve2' },
      { ...COMMON, id: 9, kind: 'node-down', at: 36_307, lasts: 55_736, times: 3, node: 'pve1', guest: 107 },
      {
        ...COMMON,
        id: 15,
        kind: 'store-loses-answer',
        at: 90_850,
        when: 'unknown',
        lasts: 124_198,
        node: 'pve1',
        guest: 101,
      },
      {
        ...COMMON,
        id: 18,
        kind: 'http-401',
        at: 108_610,
        when: 'submitted',
        lasts: 55_812,
        times: 3,
        node: 'pve2',
        guest: 107,
      },
      {
        ...COMMON,
        id: 19,
        kind: 'stats-stale',
        at: 123_668,
        when: 'unknown',
        lasts: 169_002,
        times: 4,
        node: 'pve1',
        guest: 102,
      },
    ],
  },
  {
    name: 'figures that were seen in a look of which another answer failed counted as new in the next one',
    seed: 6190,
    faults: [
      { ...COMMON, id: 8, kind: 'stats-stale', at: 29_616, when: 'draining', lasts: 137_088, node: 'pve2', guest: 105 },
      { ...COMMON, id: 19, kind: 'http-500', at: 146_978, when: 'verifying', lasts: 10_578, times: 3, call: 'tasks' },
      { ...COMMON, id: 23, kind: 'store-torn', at: 189_422, when: 'verifying', lasts: 23_754, times: 3, node: 'pve2' },
    ],
  },
  {
    name: 'a node that came back was believed with the figures it left with, by one that had seen it away alone',
    seed: 7054,
    faults: [
      { ...COMMON, id: 7, kind: 'lease-unreachable', at: 21_663, lasts: 18_405, node: 'pve2', guest: 103 },
      {
        ...COMMON,
        id: 8,
        kind: 'node-down',
        at: 22_669,
        when: 'verifying',
        lasts: 132_838,
        node: 'pve2',
        guest: 105,
        operator: 1,
      },
    ],
  },
  {
    name: 'weights were pushed after the term had ended, when their turn came behind those of a slow push',
    seed: 8508,
    faults: [
      {
        ...COMMON,
        id: 4,
        kind: 'slow',
        at: 42_079,
        when: 'verifying',
        lasts: 13_943,
        call: 'preconditions',
        node: 'pve1',
        guest: 107,
      },
      {
        ...COMMON,
        id: 5,
        kind: 'guest-moved',
        at: 43_120,
        when: 'planned',
        lasts: 103_144,
        times: 4,
        node: 'pve2',
        guest: 110,
      },
      {
        ...COMMON,
        id: 6,
        kind: 'slow',
        at: 46_817,
        when: 'draining',
        lasts: 29_505,
        times: 2,
        node: 'pve2',
        guest: 106,
      },
      {
        ...COMMON,
        id: 14,
        kind: 'store-refuses',
        at: 95_489,
        when: 'draining',
        lasts: 122_723,
        times: 4,
        node: 'pve4',
        guest: 108,
      },
      {
        ...COMMON,
        id: 16,
        kind: 'target-slow',
        at: 130_775,
        when: 'admitted',
        lasts: 22_120,
        times: 2,
        node: 'pve4',
        guest: 105,
      },
      {
        ...COMMON,
        id: 18,
        kind: 'lease-unreachable',
        at: 166_783,
        when: 'planned',
        lasts: 131_845,
        times: 3,
        node: 'pve4',
        guest: 106,
      },
      { ...COMMON, id: 20, kind: 'order-drain', at: 182_555, when: 'admitted', lasts: 75_793, guest: 110 },
    ],
  },
  {
    name: 'a migration was asked for on orders that were read before the process stood still, and somebody paused',
    seed: 13036,
    faults: [
      { ...COMMON, id: 0, kind: 'stop', at: 6_727, when: 'submitted', lasts: 26_599, guest: 116 },
      { ...COMMON, id: 7, kind: 'order-pause', at: 33_124, when: 'submitted', lasts: 141_749, times: 4, guest: 103 },
    ],
  },
];
