import type { BalancePolicy, ClusterSnapshot, History, Rule } from '@ballast/core';

/** A cluster as it was written down, with all that planning needs to know. */
export interface Recorded {
  readonly snapshot: ClusterSnapshot;
  /** The cluster's own rules and those of the configuration. */
  readonly rules: readonly Rule[];
  readonly history: History;
  readonly balance: BalancePolicy;
}

/** The name of the schema that `ballast snapshot` writes. */
export const SNAPSHOT_SCHEMA = 'ballast-snapshot/1';
