import {
  type Aggressiveness,
  type Assessment,
  type BalancePolicy,
  GAIN_FLOORS,
  type Milliseconds,
  type Plan,
  type Ratio,
  type Reserve,
  type Violation,
} from '@ballast/core';
import { assess, type Profile, plan, project, remember, violationsOf } from '@ballast/planner';
import type { Recorded } from './recorded.ts';

/** What may be asked of a plan on the command line. */
export interface PlanWishes {
  /** Trigger and goal in one: every node above it is relieved to it. */
  readonly target?: Ratio;
  readonly minimize?: 'moves' | 'bytes';
  /** What the plan is for; as the file's configuration has it when left out. */
  readonly profile?: Profile;
  /** Floors of the gains, before those of the file's configuration. */
  readonly aggressiveness?: Aggressiveness;
  /** The search ends then, with the best it has. */
  readonly deadline?: Milliseconds;
  readonly seed?: number;
  readonly maxSteps?: number;
  /** Memory that guests may be configured with, as a factor of their node's. */
  readonly overcommit?: number;
  readonly containers?: boolean;
  /** Room for the failure of a node; as the file's configuration has it when left out. */
  readonly reserve?: Reserve;
}

export interface DecidedOnFile {
  readonly policy: BalancePolicy;
  readonly assessment: Assessment;
  readonly plan: Plan;
  readonly violations: readonly Violation[];
  readonly elapsed: Milliseconds;
}

/** More steps than any cluster has guests: a plan on a file is not cut, unless it is asked to be. */
const NO_END = 1_000_000;

/**
 * Plans for a recorded cluster, as one look at it: what is hot now is hot. Time is measured from the snapshot to the
 * finished plan, without reading the file.
 *
 * @param elapsed milliseconds, from any start
 */
export function decideOnFile(recorded: Recorded, wishes: PlanWishes, elapsed: () => Milliseconds): DecidedOnFile {
  return decideBy(recorded, policyFor(recorded.balance, wishes), wishes, elapsed);
}

/** As {@link decideOnFile}, by this policy whatever else is wished. */
export function decideBy(
  { snapshot, rules, history: known }: Omit<Recorded, 'balance'>,
  policy: BalancePolicy,
  wishes: Pick<PlanWishes, 'profile' | 'minimize' | 'seed' | 'deadline'>,
  elapsed: () => Milliseconds,
): DecidedOnFile {
  const now = snapshot.takenAt;
  const start = elapsed();
  const history = remember(known, snapshot, policy);
  const assessment = assess({ snapshot, history, policy, rules, now, moving: [] });
  const decided = plan({
    assessment,
    history,
    policy,
    rules,
    now,
    ...(wishes.profile === undefined ? {} : { profile: wishes.profile }),
    ...(wishes.minimize === undefined ? {} : { minimize: wishes.minimize }),
    effort: {
      ...(wishes.seed === undefined ? {} : { seed: wishes.seed }),
      ...(wishes.deadline === undefined ? {} : { expired: expiry(start + wishes.deadline, elapsed) }),
    },
  });
  const took = elapsed() - start;
  return {
    policy,
    assessment,
    plan: decided,
    violations: violationsOf(project(snapshot, decided.steps), rules),
    elapsed: took,
  };
}

function expiry(end: Milliseconds, elapsed: () => Milliseconds): () => boolean {
  return () => elapsed() >= end;
}

/** One look is enough, and a target that is given stands for the trigger, too: then no gain is too small. */
export function policyFor(balance: BalancePolicy, wishes: PlanWishes): BalancePolicy {
  const { target, overcommit = balance.memoryOvercommit ?? 1, containers = balance.containers } = wishes;
  const reserve = wishes.reserve ?? balance.reserve ?? 'off';
  const floors = wishes.aggressiveness === undefined ? {} : GAIN_FLOORS[wishes.aggressiveness];
  // An evacuation is no profile of a policy.
  const profile = wishes.profile === 'evacuate' ? undefined : wishes.profile;
  const base = {
    ...atOneLook(balance),
    ...floors,
    ...(profile === undefined ? {} : { profile }),
    memoryOvercommit: overcommit,
    containers,
    reserve,
    ...(wishes.maxSteps === undefined ? {} : { maxSteps: wishes.maxSteps }),
  };
  if (target === undefined) return base;
  return {
    ...base,
    cpu: { ...balance.cpu, high: target, target },
    memory: { ...balance.memory, high: target, target },
    minGain: wishes.aggressiveness === undefined ? 0 : base.minGain,
  };
}

/** One look is enough for what is decided by it, and a plan of its own is as long as it has to be. */
export function atOneLook(balance: BalancePolicy): BalancePolicy {
  return { ...balance, sustain: 1, smoothing: 1, maxSteps: NO_END };
}
