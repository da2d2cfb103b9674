import type { GuestId, NodeProjection, Notice, Plan } from '@ballast/core';
import { restingClass } from '../assessment/assess.ts';
import type { PlacedNode } from '../placement/placed.ts';
import { type Placement, settledUtilization } from '../placement/placement.ts';
import { conflictNotices } from '../rules/conflict-notice.ts';
import { blockedGuests } from './blocked.ts';
import { planBound } from './bound.ts';
import { evacuateNodes } from './evacuate.ts';
import { evenOut } from './even.ts';
import { planId } from './identity.ts';
import type { PlanInput } from './input.ts';
import { mendRules } from './mend.ts';
import { networkNotice } from './network.ts';
import { emptiedNotice, packNodes } from './pack.ts';
import { Planning } from './planning.ts';
import { reliefTask, relieveNodes } from './relieve.ts';
import { reserveNotice } from './reserve.ts';
import { schedule, startOf } from './schedule.ts';
import { unresolvedNodes } from './unresolved.ts';

/**
 * Plans migrations: broken rules are mended, nodes in maintenance are emptied, nodes that are `over` are relieved down
 * to `target`, with the fewest moves, then the fewest bytes. Every step holds when it runs after those before it, its guest
 * counted on both nodes, and steps of one wave hold together.
 *
 * Passes are repeated until one adds nothing. Each depends on the placement alone, so planning again once the plan was
 * carried out gives an empty plan, unless `maxSteps` cut this one short.
 */
export function plan(input: PlanInput): Plan {
  const planning = new Planning(input);
  const first = planOnce(planning);
  if (first.unresolved.length === 0) return first;
  // Where room is short, what was planned before may be in the way of what is best now, and so may relief down to `target`.
  const cold = (input.previous ?? []).length === 0 ? [] : [new Planning({ ...input, previous: [] })];
  const roomy = planning.roomPassedBy ? [new Planning(input, true)] : [];
  return [...cold, ...roomy].map(planOnce).reduce(better, first);
}

/** The plan that leaves fewer nodes hot, then fewer guests that cannot go where they are to: of equals the first. */
function better(one: Plan, other: Plan): Plan {
  const worse = other.unresolved.length - one.unresolved.length || other.blocked.length - one.blocked.length;
  return worse < 0 ? other : one;
}

function planOnce(planning: Planning): Plan {
  const { input } = planning;
  const { snapshot } = input.assessment;
  const before = projectionsBefore(planning.placement);
  const start = startOf(planning);
  const task = reliefTask(planning);
  const bound = planBound(planning, task);
  for (let known = -1; known !== planning.steps.length; ) {
    known = planning.steps.length;
    planning.cut = false;
    if (planning.isFor('rules')) mendRules(planning);
    evacuateNodes(planning);
    relieveNodes(planning, planning.steps.length === 0 ? task : reliefTask(planning));
    if (planning.isFor('balance')) evenOut(planning);
    if (planning.isFor('pack')) packNodes(planning);
  }
  const { steps, makespan } = schedule(
    planning,
    start,
    input.parallel ?? { perNode: 1, cluster: Number.POSITIVE_INFINITY },
  );
  const blocked = blockedGuests(planning);
  const notices = [
    ...emptiedNotice(planning),
    ...reserveNotice(planning),
    ...networkNotice(planning),
    ...contradictions(planning),
  ];
  const content = { steps, blocked, unresolved: unresolvedNodes(planning, blocked) };
  return {
    id: planId(content),
    snapshotId: snapshot.id,
    decidedAt: input.now,
    ...content,
    before,
    after: planning.placement.nodes.map((node) => projectionAfter(planning, node)),
    ...(notices.length === 0 ? {} : { notices }),
    ...(bound === undefined ? {} : { bound }),
    ...(steps.length === 0 ? {} : { makespan }),
  };
}

function contradictions({ placement, rulebook }: Planning): readonly Notice[] {
  const ground = {
    nodes: placement.nodes.map((node) => node.name),
    places: {
      has: (id: GuestId) => placement.guest(id) !== undefined,
      get: (id: GuestId) => placement.guest(id)?.node.name,
    },
    placeOf: rulebook.placeOf,
  };
  return conflictNotices(rulebook.all, ground, (id) => placement.guest(id)?.guest.name ?? String(id));
}

function projectionsBefore({ nodes, guests }: Placement): readonly NodeProjection[] {
  const counts = new Map<PlacedNode, number>();
  for (const guest of guests) {
    const home = guest.leaves ?? guest.node;
    counts.set(home, (counts.get(home) ?? 0) + 1);
  }
  return nodes.map((node) => {
    const { utilization, class: nodeClass } = node.assessed;
    return { node: node.name, utilization, class: nodeClass, guests: counts.get(node) ?? 0 };
  });
}

function projectionAfter(planning: Planning, node: PlacedNode): NodeProjection {
  const utilization = settledUtilization(node);
  const resting = restingClass(node.assessed.node, utilization, planning.policy);
  return {
    node: node.name,
    utilization,
    class: planning.asksRelief(node) ? 'over' : resting,
    guests: node.guests.size,
  };
}
