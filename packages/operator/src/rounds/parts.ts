import type { RuleDefinition } from '@ballast/config';
import type {
  Budgets,
  Clock,
  ClusterSource,
  ExecutionPolicy,
  HistoryStore,
  Migrator,
  Mode,
  OrderStore,
  RoundReport,
  StepReport,
  WeightTarget,
} from '@ballast/core';
import type { Logger, Metrics } from '@ballast/telemetry';
import type { DecideSettings } from '../decide/decide.ts';
import type { Planner } from '../decide/planner.ts';

/** What the loop is told by the configuration. */
export interface OperatorSettings extends DecideSettings {
  readonly mode: Mode;
  readonly budgets: Budgets;
  readonly rules: readonly RuleDefinition[];
  /** Without it steps may take any time. */
  readonly execution?: ExecutionPolicy;
}

/** The parts that a composition root wires. */
export interface OperatorParts {
  readonly settings: OperatorSettings;
  readonly source: ClusterSource;
  readonly migrator: Migrator;
  readonly targets: readonly WeightTarget[];
  readonly store: HistoryStore;
  /** What a person has ordered; nothing where there is none. */
  readonly orders?: OrderStore;
  /** Makes the plans; the operator's own thread when left out. */
  readonly planner?: Planner;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Pick<
    Metrics,
    'recordRound' | 'recordMigration' | 'recordOverdue' | 'recordVerification' | 'recordAdoption'
  >;
  /**
   * Whether this operator leads. One that does not changes nothing; alone it always does.
   * @see {Leadership}
   */
  readonly leads?: () => boolean;
  readonly onReport?: (report: RoundReport) => void;
  readonly onProgress?: (step: StepReport) => void;
}
