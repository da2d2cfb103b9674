/** Rounds, and how they ended. */
export const ROUND_METRICS = {
  rounds: { name: 'ballast_rounds_total', help: 'Rounds that ended, by outcome.', labels: ['outcome'] },
  roundDuration: {
    name: 'ballast_round_duration_seconds',
    help: 'Duration of rounds, by outcome.',
    labels: ['outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  },
  roundsSkipped: {
    name: 'ballast_rounds_skipped_total',
    help: 'Rounds that were due while the one before still ran, and were skipped.',
    labels: [],
  },
  lastRound: {
    name: 'ballast_last_round_timestamp_seconds',
    help: 'When the last completed round ended, in seconds since 1970.',
    labels: [],
  },
  roundFailures: {
    name: 'ballast_round_failures_total',
    help: 'Rounds that failed, by stage and by the code of the error.',
    labels: ['stage', 'code'],
  },
} as const;
