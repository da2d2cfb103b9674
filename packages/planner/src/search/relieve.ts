import type { MigrationReason, Resource } from '@ballast/core';
import { above } from '../limits.ts';
import { priceOf } from '../placement/cost.ts';
import { type Bound, type PlacedNode, settledUtilization } from '../placement/placement.ts';
import { reliefWhy } from '../text/why.ts';
import { type Choice, cover, largest } from './cover.ts';
import type { Planning } from './planning.ts';
import { bestTarget, type Target } from './targets.ts';
import { movable, type Unit, unitsOn } from './unit.ts';

/** A way of relieving: down to `goal`, filling no target above `bound`. */
interface Stage {
  readonly goal: Bound;
  readonly bound: Bound;
}

interface Candidate {
  readonly unit: Unit;
  readonly target: Target;
}

const GENTLE: Stage = { goal: 'target', bound: 'target' };
/** In a cluster so full that no node is below `target`: just enough to leave no node above `high`. */
const TIGHT: Stage = { goal: 'high', bound: 'high' };

/** Tried in this order; the first that leaves the node no longer hot is kept, else the last: better than nothing. */
const ATTEMPTS: readonly (readonly Stage[])[] = [[GENTLE], [TIGHT], [GENTLE, TIGHT]];

/** Relieves every node that asks for it, the hottest first. */
export function relieveNodes(planning: Planning): void {
  const asking = planning.placement.nodes.filter((node) => planning.asksRelief(node));
  const heat = new Map(asking.map((node) => [node, severity(planning, node, planning.hot(node))]));
  for (const node of asking.sort((a, b) => (heat.get(b) ?? 0) - (heat.get(a) ?? 0))) relieveNode(planning, node);
}

function relieveNode(planning: Planning, node: PlacedNode): void {
  const start = planning.checkpoint();
  const hot = planning.hot(node);
  for (const stages of ATTEMPTS) {
    planning.rollback(start);
    for (const stage of stages) drain(planning, node, hot, stage);
    if (planning.hot(node).length === 0) return;
  }
}

/** Moves units off a node until its hot resources are down at the goal, or nothing more helps. */
function drain(planning: Planning, node: PlacedNode, hot: readonly Resource[], stage: Stage): void {
  for (;;) {
    const ratio = settledUtilization(node);
    const need = hot.map((resource) => Math.max(0, ratio[resource] - planning.policy[resource][stage.goal]));
    if (!need.some((value) => above(value, 0))) return;
    const choices = unitsOn(planning, node).flatMap((unit) => choiceOf(planning, unit, hot, stage.bound) ?? []);
    // The hardest to place goes first: later ones still find room where it would not.
    const next = largest(cover(choices, need) ?? choices, need);
    if (next === undefined) return;
    relieveBy(planning, next.of, hottest(planning, node, hot));
  }
}

/** The unit as a way to relieve its node; nothing when it may not move, has nowhere to go, or gains too little. */
function choiceOf(
  planning: Planning,
  unit: Unit,
  hot: readonly Resource[],
  bound: Bound,
): Choice<Candidate> | undefined {
  if (gainOf(unit, hot) === 0 || !movable(planning, unit, reasonFor(hot[0])) || !planning.admits(unit.guests.length))
    return undefined;
  const target = bestTarget(planning, unit, reasonFor(hot[0]), bound);
  if (target === undefined || !worthwhile(planning, unit, target, hot)) return undefined;
  return {
    of: { unit, target },
    relief: hot.map((resource) => reliefOf(unit, resource)),
    moves: unit.guests.length,
    price: priceOf(unit.guests),
  };
}

/**
 * Whether moving a unit is worth its while: some hot resource of its node falls by `minGain`, and so does the higher of
 * the two nodes. Else it would only carry the heat along.
 */
function worthwhile(planning: Planning, unit: Unit, target: Target, hot: readonly Resource[]): boolean {
  const before = settledUtilization(unit.node);
  return hot.some((resource) => {
    const peak = Math.max(before[resource] - reliefOf(unit, resource), target.after[resource]);
    return !above(planning.policy.minGain, before[resource] - peak);
  });
}

/** The largest fall among the hot resources, as a share of the node. */
export function gainOf(unit: Unit, hot: readonly Resource[]): number {
  return Math.max(0, ...hot.map((resource) => reliefOf(unit, resource)));
}

function reliefOf(unit: Unit, resource: Resource): number {
  const capacity = unit.node.capacity[resource];
  const used = unit.guests.reduce((total, guest) => total + guest.loads.expected[resource], 0);
  return capacity > 0 ? used / capacity : 0;
}

function relieveBy(planning: Planning, { unit, target }: Candidate, resource: Resource): void {
  const why = reliefWhy(planning, unit, target, resource);
  planning.commit(unit.guests, target.node, reasonFor(resource), resource, why);
}

export function reasonFor(resource: Resource | undefined): MigrationReason {
  return resource === 'memory' ? 'relieve-memory' : 'relieve-cpu';
}

function hottest(planning: Planning, node: PlacedNode, hot: readonly Resource[]): Resource {
  return hot.toSorted((a, b) => severity(planning, node, [b]) - severity(planning, node, [a]))[0] ?? 'cpu';
}

/** How far above `high` a node stands, as a factor of it. */
function severity(planning: Planning, node: PlacedNode, resources: readonly Resource[]): number {
  const ratio = settledUtilization(node);
  return Math.max(0, ...resources.map((resource) => ratio[resource] / planning.policy[resource].high));
}
