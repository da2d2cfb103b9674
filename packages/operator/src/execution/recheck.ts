import {
  type Assessment,
  addUsage,
  type BalancePolicy,
  type Blocker,
  type BlockerCode,
  type Guest,
  type GuestAssessment,
  type Migration,
  RESOURCES,
  type Rule,
  utilization,
} from '@ballast/core';
import { exceeded, isStrained, quotasOf } from '@ballast/planner';
import type { Underway } from './budgets.ts';
import { brokenRule, nothingToMend } from './rule-check.ts';

/** Migrations of ours that the newest assessment does not show to their end. */
export interface OnTheWay {
  readonly running: readonly Underway[];
  /** Those that have ended since it looked. */
  readonly ended: readonly Underway[];
  /** Rules that hold now, and the steps of the plan; rules are not looked at without them. */
  readonly rules?: readonly Rule[];
  readonly planned?: readonly Underway[];
}

/**
 * Whether a step still holds on the newest assessment, right before it starts. A blocker is drift: the rest of the
 * plan is dropped, and the next round plans anew. Guests that are on their way to the target, or have just arrived,
 * count on it.
 */
export function recheck(
  step: Migration,
  assessment: Assessment,
  policy: BalancePolicy,
  { running, ended, rules = [], planned = [] }: OnTheWay,
): readonly Blocker[] {
  const block = (code: BlockerCode, detail: string): readonly Blocker[] => [{ guest: step.guest, code, detail }];
  if (!assessment.snapshot.quorate) return block('refused', 'The cluster has no quorum now.');
  if (running.some(({ guest }) => guest === step.guest))
    return block('moving', 'A migration of the guest may still run.');
  const entry = assessment.guests.find(({ guest }) => guest.id === step.guest);
  if (entry === undefined) return block('refused', 'The guest is gone.');
  if (entry.guest.node !== step.from) {
    return block('refused', `The guest is on ${entry.guest.node} now, not on ${step.from}.`);
  }
  const blocked = entry.blockers.find(({ code }) => !OF_THE_PLAN.has(code));
  if (blocked !== undefined) return [blocked];
  const moving = [...running, ...ended];
  const ground = { rules, planned, moving };
  const relieved =
    nothingToEmpty(step, assessment) ??
    nothingToRelieve(step, assessment, policy) ??
    nothingToMend(step, assessment.snapshot, ground);
  if (relieved !== undefined) return block('no-gain', relieved);
  const target = assessment.nodes.find(({ node }) => node.name === step.to);
  if (target === undefined || target.node.status !== 'online' || target.node.maintenance) {
    return block('refused', `${step.to} takes no guests now.`);
  }
  if (isStrained(target, policy))
    return block('no-room', `${step.to} is strained now: something waits there too often.`);
  const broken = brokenRule(step, assessment.snapshot, ground);
  if (broken !== undefined) return block('refused', broken);
  const arriving = moving
    .filter(({ to }) => to === step.to)
    .flatMap((other): readonly GuestAssessment[] => {
      const found = assessment.guests.find(({ guest }) => guest.id === other.guest);
      return found === undefined || found.guest.node === step.to ? [] : [found];
    });
  const left = new Set(ended.filter(({ from }) => from === step.to).map((move) => move.guest));
  const stays = (guest: Guest): boolean => guest.node === step.to && guest.status === 'running' && !left.has(guest.id);
  const there = assessment.guests.filter(({ guest }) => stays(guest));
  const excess = exceeded(quotasOf(policy), [], [...there, ...arriving, entry], target.node);
  if (excess !== undefined) return block('no-room', `${step.to} has no room now: ${excess()}.`);
  const coming = [entry, ...arriving].map(({ usage }) => usage);
  const after = utilization(coming.reduce(addUsage, target.usage), target.node.capacity);
  const full = RESOURCES.find((resource) => after[resource] > policy[resource].ceiling);
  if (full === undefined) return [];
  return block('no-room', `${step.to} has no room now: its ${full} would stand at ${Math.round(after[full] * 100)} %.`);
}

/** The plan knew of it: a guest that leaves a node in maintenance does not rest, nor one that moves twice in a plan. */
const OF_THE_PLAN: ReadonlySet<BlockerCode> = new Set(['cool-down']);

/** A step that empties a node is for one that is still to be emptied: its maintenance may be over by now. */
function nothingToEmpty({ reason, from }: Migration, { nodes }: Assessment): string | undefined {
  const source = nodes.find(({ node }) => node.name === from)?.node;
  if (reason !== 'maintenance' || source === undefined || source.maintenance) return undefined;
  return `${from} is not to be emptied any more.`;
}

/** A step that relieves is for a node that is still above what relief aims at: by now others may have moved. */
function nothingToRelieve(step: Migration, assessment: Assessment, policy: BalancePolicy): string | undefined {
  if (step.reason !== 'relieve-cpu' && step.reason !== 'relieve-memory') return undefined;
  const { resource } = step.gain;
  const now = assessment.nodes.find(({ node }) => node.name === step.from)?.utilization[resource];
  if (now === undefined || now > policy[resource].target) return undefined;
  return `${step.from} stands at ${Math.round(now * 100)} % ${resource} now: there is nothing left to relieve.`;
}
