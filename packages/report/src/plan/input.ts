import type {
  Assessment,
  BalancePolicy,
  Milliseconds,
  Mode,
  NodeName,
  Plan,
  Violation,
  WeightTable,
} from '@ballast/core';

export type PlanFormat = 'text' | 'json' | 'markdown' | 'html';
export const PLAN_FORMATS: readonly PlanFormat[] = ['text', 'json', 'markdown', 'html'];

/** Everything a report of a plan tells of. */
export interface PlanReportInput {
  readonly plan: Plan;
  /** The assessment the plan was made from. */
  readonly assessment: Assessment;
  readonly policy: BalancePolicy;
  readonly mode?: Mode;
  /** The name of the cluster. */
  readonly cluster: string;
  /** Weights decided together with the plan. */
  readonly weights?: WeightTable;
  /** Nodes that were to be emptied, where that is what the plan is for: each guest that stays there is named. */
  readonly evacuated?: readonly NodeName[];
  /** What the plan was to keep least; the number of migrations when left out. */
  readonly minimize?: 'moves' | 'bytes';
  /** Rules that are still broken once the plan was carried out. */
  readonly violations?: readonly Violation[];
  /** How long deciding took. */
  readonly elapsed?: Milliseconds;
  /** Sentences to close with. */
  readonly notes?: readonly string[];
}
