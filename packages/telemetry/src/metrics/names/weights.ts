/** Weights, and how they reach load balancers. */
export const WEIGHT_METRICS = {
  weight: {
    name: 'ballast_weight',
    help: 'Decided weight of a member, a ratio 0..1; 0 while it is drained.',
    labels: ['service', 'member'],
  },
  weightChanges: {
    name: 'ballast_weight_changes_total',
    help: 'Weights and states that were changed on a target and read back.',
    labels: ['target'],
  },
  targetUp: {
    name: 'ballast_target_up',
    help: '1 when the last weights reached the target, 0 when the target as a whole had a problem.',
    labels: ['target'],
  },
  targetProblems: {
    name: 'ballast_target_problems_total',
    help: 'Problems met while weights were applied, by target and code.',
    labels: ['target', 'code'],
  },
  targetApplyDuration: {
    name: 'ballast_target_apply_duration_seconds',
    help: 'Time a target took to be brought to its weights.',
    labels: ['target'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
  },
} as const;
