import type {
  Blocker,
  Explanation,
  GuestId,
  Migration,
  MigrationReason,
  NodeAssessment,
  Plan,
  TargetVerdict,
} from '@ballast/core';
import { BallastError, RESOURCES } from '@ballast/core';
import { byName } from '../placement/order.ts';
import type { PlanInput } from '../search/input.ts';
import { obstacle } from '../search/obstacle.ts';
import { Planning } from '../search/planning.ts';
import { reasonFor } from '../search/relieve.ts';
import { utilizationWith } from '../search/targets.ts';
import { type Unit, unitOf } from '../search/unit.ts';
import { count, list, percent, RESOURCE_WORDS } from './words.ts';

/** What the plan was made of, the plan, and the guest that is asked about. */
export interface ExplainInput extends PlanInput {
  readonly guest: GuestId;
  readonly plan: Plan;
}

/**
 * Why a guest moves or stays, and what every other node would say to it: judged as things stand right before its own
 * step, or after the whole plan when it stays.
 *
 * @throws {BallastError} `guest-unknown` when the snapshot does not hold the guest
 */
export function explain(input: ExplainInput): Explanation {
  const { guest: id, plan, assessment } = input;
  const assessed = assessment.guests.find(({ guest }) => guest.id === id);
  if (assessed === undefined) {
    throw new BallastError('guest-unknown', `Expected a guest of snapshot ${assessment.snapshot.id}, got ${id}.`);
  }
  const { guest } = assessed;
  const step = plan.steps.find((candidate) => candidate.guest === id);
  const planned = plan.blocked.filter((blocker) => blocker.guest === id);
  const blockers = step === undefined ? unique([...assessed.blockers, ...planned]) : [];
  const summary = step === undefined ? staysBecause(input, guest.name, guest.node, blockers) : movesBecause(step);
  return {
    guest: id,
    guestName: guest.name,
    node: guest.node,
    decision: step === undefined ? 'stays' : 'moves',
    summary,
    ...(step === undefined ? {} : { step }),
    blockers,
    targets: verdicts(input, step),
  };
}

function movesBecause({ guestName, from, to, why }: Migration): string {
  return `${guestName} moves from ${from} to ${to}. ${why[0] ?? ''}`.trim();
}

function staysBecause(input: ExplainInput, name: string, on: string, blockers: readonly Blocker[]): string {
  const { plan, assessment } = input;
  const node = assessment.nodes.find((candidate) => candidate.node.name === on);
  const [first] = blockers;
  const asked = node !== undefined && (node.class === 'over' || node.node.maintenance);
  if (first !== undefined) {
    const aside = asked || node === undefined ? '' : ` ${restSentence(node, input)}`;
    return `${name} stays on ${on}. ${first.detail}${aside}`;
  }
  if (node === undefined || !asked)
    return `${name} stays on ${on}. ${node === undefined ? '' : restSentence(node, input)}`;
  const others = plan.steps.filter((step) => step.from === on).map((step) => step.guestName);
  const left = plan.unresolved.some((entry) => entry.node === on);
  if (left) return `${name} stays on ${on} for now: the plan is full at ${count(input.policy.maxSteps, 'step')}.`;
  return others.length > 0
    ? `${name} stays on ${on}: moving ${list(others)} is enough.`
    : `${name} stays on ${on}: traffic weights or moves under way relieve the node.`;
}

/** Why a node asks for nothing. */
function restSentence({ node, utilization, hot, roundsOver }: NodeAssessment, { policy }: ExplainInput): string {
  const loads = RESOURCES.map((resource) => `${RESOURCE_WORDS[resource]} ${percent(utilization[resource])}`).join(', ');
  if (hot.length === 0) return `${node.name} is not over (${loads}), so nothing has to move.`;
  return `${node.name} is hot (${loads}), but for ${roundsOver} of ${count(policy.sustain, 'round')} only.`;
}

function verdicts(input: ExplainInput, step: Migration | undefined): readonly TargetVerdict[] {
  const planning = new Planning(input);
  const placed = planning.placement.guest(input.guest);
  if (placed === undefined) return [];
  const home = placed.guest.node;
  replay(planning, input.plan.steps, placed.id);
  const unit: Unit = unitOf(planning, placed);
  const reason = step?.reason ?? reasonToMove(planning, unit);
  const bound = reason === 'mend-rule' || reason === 'maintenance' ? 'ceiling' : 'high';
  return planning.placement.nodes
    .filter((node) => node.name !== home)
    .sort(byName)
    .map((node): TargetVerdict => {
      const found = obstacle(planning, unit, node, reason, bound);
      const after = utilizationWith(node, unit);
      const loads = RESOURCES.map((resource) => `${RESOURCE_WORDS[resource]} ${percent(after[resource])}`).join(', ');
      if (found !== undefined) {
        return { node: node.name, allowed: false, code: found.code, detail: found.detail(), after };
      }
      const chosen = step?.to === node.name ? 'Chosen' : 'Allowed';
      return { node: node.name, allowed: true, detail: `${chosen}: it would stand at ${loads}.`, after };
    });
}

/** Carries out the steps up to the guest's own, or those of the guests it moves with. */
function replay(planning: Planning, steps: readonly Migration[], guest: GuestId): void {
  const group = planning.rulebook.groups.get(guest)?.guests ?? [guest];
  const mine = steps.some((step) => step.guest === guest);
  for (const step of steps) {
    if (mine && group.includes(step.guest)) return;
    const placed = planning.placement.guest(step.guest);
    const to = planning.placement.node(step.to);
    if (placed !== undefined && to !== undefined) planning.placement.move(placed, to);
  }
}

function reasonToMove(planning: Planning, unit: Unit): MigrationReason {
  return planning.empties(unit.node) ? 'maintenance' : reasonFor(planning.hot(unit.node)[0]);
}

function unique(blockers: readonly Blocker[]): readonly Blocker[] {
  return blockers.filter((blocker, i) => blockers.findIndex((other) => other.code === blocker.code) === i);
}
