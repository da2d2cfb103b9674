import { CLUSTER_METRICS } from './cluster.ts';
import { MIGRATION_METRICS } from './migrations.ts';
import { OPERATOR_METRICS } from './operator.ts';
import { REQUEST_METRICS } from './requests.ts';
import { ROUND_METRICS } from './rounds.ts';
import { WEIGHT_METRICS } from './weights.ts';

/**
 * Name, help and labels of a metric. Every metric of Ballast is in this folder. Prometheus' rules hold: prefix `ballast_`,
 * base units (seconds, bytes, ratios 0..1), `_total` on counters, labels of bounded cardinality.
 */
export interface MetricDefinition {
  readonly name: `ballast_${string}`;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in the metric's unit. */
  readonly buckets?: readonly number[];
}

/** Of the operator. */
export const METRICS: typeof OPERATOR_METRICS &
  typeof ROUND_METRICS &
  typeof CLUSTER_METRICS &
  typeof MIGRATION_METRICS &
  typeof WEIGHT_METRICS &
  typeof REQUEST_METRICS = {
  ...OPERATOR_METRICS,
  ...ROUND_METRICS,
  ...CLUSTER_METRICS,
  ...MIGRATION_METRICS,
  ...WEIGHT_METRICS,
  ...REQUEST_METRICS,
};

export { FLOW_MANAGER_METRICS } from './flow-manager/index.ts';
