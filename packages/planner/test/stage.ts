import {
  type Assessment,
  type BalancePolicy,
  type ClusterSnapshot,
  EMPTY_HISTORY,
  type Explanation,
  type GuestId,
  type History,
  type Instant,
  type Migration,
  type MoveRecord,
  type Plan,
  type Rule,
  type RuleSource,
  type Usage,
} from '@ballast/core';
import { aBalancePolicy, T0 } from '@ballast/testkit';
import { assess, explain, plan, remember } from '../src/index.ts';

export interface Scene {
  readonly snapshot: ClusterSnapshot;
  /** Over a policy that acts on the first round and does not smooth. */
  readonly policy?: Partial<BalancePolicy>;
  readonly rules?: readonly Rule[];
  readonly moves?: readonly MoveRecord[];
  readonly history?: History;
  readonly expected?: Readonly<Record<GuestId, Usage>>;
  readonly inFlight?: readonly Migration[];
  readonly previous?: readonly Migration[];
  readonly now?: Instant;
}

export interface Decided {
  readonly policy: BalancePolicy;
  readonly history: History;
  readonly assessment: Assessment;
  readonly plan: Plan;
  readonly explain: (guest: GuestId) => Explanation;
}

export function policyOf(scene: Scene): BalancePolicy {
  return aBalancePolicy({ sustain: 1, smoothing: 1, ...scene.policy });
}

/** Everything from a snapshot to a plan, as a round does it. */
export function decideOn(scene: Scene): Decided {
  const { snapshot, rules = [], now = T0, expected = {}, inFlight = [] } = scene;
  const policy = policyOf(scene);
  const past = scene.history ?? { ...EMPTY_HISTORY, moves: scene.moves ?? [] };
  const history = remember(past, snapshot, policy);
  const moving = inFlight.map((step) => step.guest);
  const assessment = assess({ snapshot, history, policy, rules, now, moving });
  const { previous = [] } = scene;
  const input = { assessment, history, policy, rules, now, expected, inFlight, previous };
  const decided = plan(input);
  return {
    policy,
    history,
    assessment,
    plan: decided,
    explain: (guest) => explain({ ...input, guest, plan: decided }),
  };
}

/** `1 a>b` for each step. */
export function moves(decided: Plan): readonly string[] {
  return decided.steps.map(({ guest, from, to }) => `${guest} ${from}>${to}`);
}

export function codesOf(decided: Plan, guest: GuestId): readonly string[] {
  return decided.blocked.filter((blocker) => blocker.guest === guest).map((blocker) => blocker.code);
}

const source: RuleSource = { kind: 'tag', name: 'rule' };

export function pin(guest: GuestId, ...nodes: string[]): Rule {
  return { kind: 'pin', source, guests: [guest], nodes };
}
export function together(...guests: GuestId[]): Rule {
  return { kind: 'affinity', source, guests };
}
export function apart(...guests: GuestId[]): Rule {
  return { kind: 'anti-affinity', source, guests };
}
/** In one rack, or whatever the label is. */
export function near(topology: string, ...guests: GuestId[]): Rule {
  return { ...together(...guests), kind: 'affinity', topology };
}
/** No two in one rack. */
export function apartBy(topology: string, ...guests: GuestId[]): Rule {
  return { ...apart(...guests), kind: 'anti-affinity', topology };
}
export function ignore(...guests: GuestId[]): Rule {
  return { kind: 'ignore', source, guests };
}

/** A migration that ended `ago` milliseconds before {@link T0}. */
export function aMove(
  guest: GuestId,
  from: string,
  to: string,
  ago: number,
  fields: Partial<MoveRecord> = {},
): MoveRecord {
  return { guest, from, to, startedAt: T0 - ago - 5000, endedAt: T0 - ago, outcome: 'done', ...fields };
}
