import type {
  Assessment,
  BalancePolicy,
  Budgets,
  ClusterSnapshot,
  GuestId,
  History,
  Instant,
  Migration,
  Plan,
  Rule,
  Service,
  Usage,
  WeightPolicy,
  WeightTable,
} from '@ballast/core';
import { assess, type PlanInput } from '@ballast/planner';
import { expectedUsage, weigh } from '@ballast/weigher';
import type { Planner } from './planner.ts';

/** What deciding is told by the configuration. */
export interface DecideSettings {
  readonly balance: BalancePolicy;
  readonly weights: WeightPolicy;
  readonly services: readonly Service[];
  /** How many migrations may run at once; the plan's waves keep to it. */
  readonly budgets?: Budgets;
}

export interface DecideInput {
  readonly snapshot: ClusterSnapshot;
  /** With this snapshot already remembered in it. */
  readonly history: History;
  readonly settings: DecideSettings;
  /** The cluster's own rules and those of the configuration. */
  readonly rules: readonly Rule[];
  readonly now: Instant;
  /** Migrations under way. */
  readonly inFlight: readonly Migration[];
  /** Steps of the plan of the round before. */
  readonly previous?: readonly Migration[];
}

export interface Decided {
  readonly assessment: Assessment;
  readonly plan: Plan;
  readonly weights: WeightTable;
  /** Usage that guests are expected to have once their new weights work; the plan counts on it. */
  readonly expected: Readonly<Record<GuestId, Usage>>;
}

/**
 * Assesses, weighs and plans, from one snapshot. Weights act first: the plan counts on what they will take away,
 * and holds migrations only for what they cannot mend.
 */
export async function decide(input: DecideInput, planner: Planner, signal?: AbortSignal): Promise<Decided> {
  const { snapshot, history, settings, rules, now, inFlight } = input;
  const { balance, services } = settings;
  const moving = [...new Set([...inFlight, ...unsettled(history)].map(({ guest }) => guest))];
  const assessment = assess({ snapshot, history, policy: balance, rules, now, moving });
  const migrating = inFlight.map(({ guest, mode, to }) => ({ guest, mode, to }));
  const weights = weigh({ assessment, services, history, policy: settings.weights, balance, migrating, now });
  // A weight that no load balancer gets takes nothing away.
  const carried = services.filter((service) => service.carriers.length > 0);
  const expected = expectedUsage({ table: weights, services: carried, history, assessment });
  const question: PlanInput = {
    assessment,
    history,
    policy: balance,
    rules,
    now,
    expected,
    inFlight,
    ...(input.previous === undefined ? {} : { previous: input.previous }),
    ...parallelOf(settings),
  };
  return { assessment, weights, expected, plan: await planner(question, signal === undefined ? {} : { signal }) };
}

/** A budget counts each migration a node takes part in; a wave counts those that arrive and those that leave apart. */
function parallelOf({ budgets }: DecideSettings): Pick<PlanInput, 'parallel'> {
  if (budgets === undefined) return {};
  const { concurrent: cluster, concurrentPerNode, concurrentIn, concurrentOut } = budgets;
  const each = Math.floor(concurrentPerNode / 2);
  return { parallel: { perNode: Math.max(1, Math.min(each, concurrentIn ?? each, concurrentOut ?? each)), cluster } };
}

/** Moves of which nobody knows yet how they ended. */
function unsettled(history: History): History['moves'] {
  return history.moves.filter((move) => move.outcome === 'running');
}
