import type {
  Assessment,
  BalancePolicy,
  BalanceProfile,
  GuestId,
  History,
  Instant,
  Migration,
  Rule,
  Usage,
} from '@ballast/core';
import type { Effort } from '../engine/relief-input.ts';
import type { Parallel } from '../engine/waves.ts';

/** What a plan is for: a profile of the policy, or to `evacuate` the nodes in maintenance, their HA guests included. */
export type Profile = BalanceProfile | 'evacuate';

export interface PlanInput {
  readonly assessment: Assessment;
  readonly history: History;
  readonly policy: BalancePolicy;
  /** The cluster's own rules and those of the configuration. */
  readonly rules: readonly Rule[];
  readonly now: Instant;
  /** Usage that guests will have once new traffic weights work: load they take away needs no migration. */
  readonly expected?: Readonly<Record<GuestId, Usage>>;
  /** Migrations under way. Their guests count on both nodes until they arrive. */
  readonly inFlight?: readonly Migration[];
  /** Steps of the last plan: those that were not made yet, and still help, come before others that do no better. */
  readonly previous?: readonly Migration[];
  /** The policy's when left out. */
  readonly profile?: Profile;
  /** What relief keeps least: the number of migrations (as if left out), or the memory they move. */
  readonly minimize?: 'moves' | 'bytes';
  /** Migrations that may run at once, in the cluster and into or out of a node; without a word, one per node and way. */
  readonly parallel?: Parallel;
  /** What the search may spend; by default what suits the size of the cluster. */
  readonly effort?: Partial<Effort>;
}
