import type { Assessment } from './assessment.ts';
import type { Migration, Plan } from './plan.ts';
import type { Mode } from './policy.ts';
import type { MigrationOutcome, MigrationProgress, TargetReport } from './ports.ts';
import type { StepState } from './step.ts';
import type { Instant, Milliseconds } from './units.ts';
import type { WeightTable } from './weight.ts';

/** How far one step of an execution has come. */
export interface StepReport {
  readonly step: Migration;
  readonly state: StepState;
  /** The task of Proxmox VE that carries the step. */
  readonly task?: string;
  /** It was found running; how it was known to be Ballast's own: by the history, or by the identity its task runs under. */
  readonly adopted?: 'history' | 'identity';
  readonly startedAt?: Instant;
  readonly endedAt?: Instant;
  /** It has taken longer than this, which is all that it might have. */
  readonly overdue?: Milliseconds;
  readonly progress?: MigrationProgress;
  readonly outcome?: MigrationOutcome;
  /** Why it was skipped or failed, for a person. */
  readonly detail?: string;
}

/** A failure of a round, as data. */
export interface RoundFailure {
  readonly stage: 'observe' | 'assess' | 'decide' | 'act' | 'report';
  readonly code: string;
  readonly message: string;
}

/** Everything that one round saw, decided and did. */
export interface RoundReport {
  readonly round: string;
  readonly mode: Mode;
  readonly startedAt: Instant;
  readonly duration: Milliseconds;
  readonly outcome: 'completed' | 'failed' | 'aborted';
  readonly failure?: RoundFailure;
  readonly assessment?: Assessment;
  readonly plan?: Plan;
  readonly weights?: WeightTable;
  readonly targets: readonly TargetReport[];
  /** Nothing is begun now, by the windows and blackouts of the budgets. */
  readonly closed?: { readonly opensAt?: Instant };
  /** Nothing was started, by order of a person. */
  readonly paused?: true;
  /** Steps that run, and those that ended since the last round. */
  readonly steps: readonly StepReport[];
}
