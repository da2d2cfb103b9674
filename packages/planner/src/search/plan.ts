import type { Blocker, GuestId, NodeName, NodeProjection, Notice, Plan, PlanBound } from '@ballast/core';
import { restingClass } from '../assessment/assess.ts';
import { byName } from '../placement/order.ts';
import type { PlacedNode } from '../placement/placed.ts';
import { type Placement, settledUtilization } from '../placement/placement.ts';
import { conflictNotices } from '../rules/conflict-notice.ts';
import { blockedGuests } from './blocked.ts';
import { leastLeaving, planBound } from './bound.ts';
import { brokenRuleGuests } from './broken.ts';
import { evacuateNodes } from './evacuate.ts';
import { evenOut } from './even.ts';
import { planId } from './identity.ts';
import type { PlanInput } from './input.ts';
import { lookAgain } from './look-again.ts';
import { gatherGroups, mendRules } from './mend.ts';
import { gatherWithRoom, mendWithRoom } from './mend-room.ts';
import { networkNotice } from './network.ts';
import { emptiedNotice, packNodes } from './pack.ts';
import { Planning } from './planning.ts';
import { type ReliefTask, reliefTask, relieveNodes } from './relieve.ts';
import { reserveNotice } from './reserve.ts';
import { type Start, schedule, startOf } from './schedule.ts';
import { compareUndone, undone } from './standing.ts';
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
  const first = draft(new Planning(input));
  let found = first.unresolved.length === 0 ? first : otherWays(first).reduce(better, first);
  for (let looks = 0; looks < MOST_LOOKS && mayGoOn(found); looks++) {
    const again = lookAgain(found.planning, passes);
    if (again === undefined || !isBetter(again, found.planning)) break;
    found = { ...found, ...endOf(again) };
  }
  return planOf(found);
}

/** Whether a plan leaves less undone than another, or as much with fewer steps; for evenness any other will do. */
function isBetter(one: Planning, other: Planning): boolean {
  const difference = compareUndone(undone(one), undone(other));
  if (difference !== 0) return difference < 0;
  const fewer = one.steps.length - other.steps.length;
  return one.isFor('balance') || one.isFor('pack') ? fewer !== 0 || !isSame(one, other) : fewer < 0;
}

function isSame(one: Planning, other: Planning): boolean {
  return one.steps.every(({ guest, to }, i) => other.steps[i]?.guest === guest && other.steps[i]?.to === to);
}

/** How often a plan is looked at again. */
const MOST_LOOKS = 4;

/** Whether planning once more from where the plan ends may find something. */
function mayGoOn({ planning, unresolved }: Draft): boolean {
  if (planning.isFor('rules') && brokenRuleGuests(planning).length > 0) return true;
  return unresolved.length > 0 || planning.isFor('balance') || planning.isFor('pack');
}

/** A plan whose steps are found. */
interface Draft {
  readonly planning: Planning;
  readonly start: Start;
  readonly before: readonly NodeProjection[];
  /** What was asked for at first. */
  readonly task: ReliefTask | undefined;
  readonly leaving: ReadonlyMap<NodeName, PlanBound>;
  readonly blocked: readonly Blocker[];
  readonly unresolved: Plan['unresolved'];
}

/** Where room is short, what was planned before may be in the way of what is best now, and so may relief down to `target`. */
function otherWays({ planning: { input, roomPassedBy } }: Draft): readonly Draft[] {
  const cold = (input.previous ?? []).length === 0 ? [] : [new Planning({ ...input, previous: [] })];
  const roomy = roomPassedBy ? [new Planning(input, true)] : [];
  return [...cold, ...roomy].map(draft);
}

/** The plan that leaves fewer nodes hot, then fewer guests that cannot go where they are to: of equals the first. */
function better(one: Draft, other: Draft): Draft {
  const worse = other.unresolved.length - one.unresolved.length || other.blocked.length - one.blocked.length;
  return worse < 0 ? other : one;
}

function draft(planning: Planning): Draft {
  const before = projectionsBefore(planning.placement);
  const start = startOf(planning);
  const task = reliefTask(planning);
  const leaving = leastLeaving(planning);
  passes(planning, task);
  return { start, before, task, leaving, ...endOf(planning) };
}

function endOf(planning: Planning): Pick<Draft, 'planning' | 'blocked' | 'unresolved'> {
  const blocked = blockedGuests(planning);
  return { planning, blocked, unresolved: unresolvedNodes(planning, blocked) };
}

/** Repeats what a plan is to do until nothing is added. */
function passes(planning: Planning, task?: ReliefTask): void {
  for (let known = -1; known !== planning.steps.length; ) {
    known = planning.steps.length;
    planning.cut = false;
    if (planning.isFor('rules')) {
      // Groups first, so that nothing comes between the steps of one.
      gatherGroups(planning);
      gatherWithRoom(planning);
      mendRules(planning);
      mendWithRoom(planning);
    }
    evacuateNodes(planning);
    relieveNodes(planning, planning.steps.length === 0 ? task : undefined);
    if (planning.isFor('balance')) evenOut(planning);
    if (planning.isFor('pack')) packNodes(planning);
  }
}

function planOf({ planning, start, before, task, leaving, blocked, unresolved }: Draft): Plan {
  const { input } = planning;
  const bound = planBound(planning, task, leaving);
  const { steps, makespan } = schedule(
    planning,
    start,
    input.parallel ?? { perNode: 1, cluster: Number.POSITIVE_INFINITY },
  );
  const notices = [
    ...emptiedNotice(planning),
    ...reserveNotice(planning),
    ...networkNotice(planning),
    ...contradictions(planning),
  ];
  const content = { steps, blocked, unresolved };
  return {
    id: planId(content),
    snapshotId: input.assessment.snapshot.id,
    decidedAt: input.now,
    ...content,
    before,
    after: planning.placement.nodes.toSorted(byName).map((node) => projectionAfter(planning, node)),
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
  return nodes.toSorted(byName).map((node) => {
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
