/**
 * Every metric of Ballast: name, help and labels, in one place. Prometheus' rules hold: prefix `ballast_`, base units
 * (seconds, bytes, ratios 0..1), `_total` on counters, labels of bounded cardinality.
 */
export interface MetricDefinition {
  readonly name: `ballast_${string}`;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in the metric's unit. */
  readonly buckets?: readonly number[];
}

export const METRICS = {
  buildInfo: {
    name: 'ballast_build_info',
    help: 'Always 1; the label tells the version of Ballast that runs.',
    labels: ['version'],
  },
  modeInfo: {
    name: 'ballast_mode_info',
    help: 'Always 1; the label tells the mode: observe, advise or auto.',
    labels: ['mode'],
  },

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

  nodeUtilization: {
    name: 'ballast_node_utilization_ratio',
    help: 'Smoothed utilization of a node that planning reckons with, 0..1.',
    labels: ['node', 'resource'],
  },
  nodePressure: {
    name: 'ballast_node_pressure_ratio',
    help: 'Contention seen by a node, 0..1: PSI where there is one, else derived from utilization.',
    labels: ['node'],
  },
  nodeClass: {
    name: 'ballast_node_class',
    help: '1 for the class a node is in (over, appropriate, under), 0 for the others.',
    labels: ['node', 'class'],
  },
  nodeGuests: { name: 'ballast_node_guests', help: 'Running guests of a node.', labels: ['node'] },

  planSteps: {
    name: 'ballast_plan_steps',
    help: 'Migrations in the plan of the last round, by reason.',
    labels: ['reason'],
  },
  planDecision: {
    name: 'ballast_plan_decision',
    help: '1 for the decision of the last plan (migrate, balanced, stuck), 0 for the others.',
    labels: ['decision'],
  },
  guestsBlocked: {
    name: 'ballast_guests_blocked',
    help: 'Guests that the last plan may not move, by the code of the blocker.',
    labels: ['code'],
  },

  migrations: {
    name: 'ballast_migrations_total',
    help: 'Migrations that ended, by reason and outcome; a skipped one was never started.',
    labels: ['reason', 'outcome'],
  },
  migrationsRunning: { name: 'ballast_migrations_running', help: 'Migrations that run now.', labels: [] },
  migrationDuration: {
    name: 'ballast_migration_duration_seconds',
    help: 'Duration of migrations that were carried out.',
    labels: [],
    buckets: [1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800],
  },
  migratedBytes: {
    name: 'ballast_migrated_bytes_total',
    help: 'Bytes that migrations transferred, as Proxmox VE reported them.',
    labels: [],
  },

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

  proxmoxRequests: {
    name: 'ballast_proxmox_requests_total',
    help: 'Requests to the Proxmox VE API, by path template and HTTP status; status error when no answer came.',
    labels: ['method', 'path', 'status'],
  },
  proxmoxRequestDuration: {
    name: 'ballast_proxmox_request_duration_seconds',
    help: 'Duration of requests to the Proxmox VE API.',
    labels: [],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
} as const;
