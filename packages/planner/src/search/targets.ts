import { addUsage, type BlockerCode, type MigrationReason, type Utilization, utilization } from '@ballast/core';
import type { Bound, PlacedNode } from '../placement/placed.ts';
import { settled } from '../placement/placement.ts';
import { list } from '../text/words.ts';
import { obstacle } from './obstacle.ts';
import type { Planning } from './planning.ts';
import { previousTarget } from './previous.ts';
import type { Unit } from './unit.ts';
import type { Obstacle } from './verdict.ts';

/** Where a unit goes, and what its node will settle at then. */
export interface Target {
  readonly node: PlacedNode;
  readonly after: Utilization;
}

/** Where there is most room left, or least: what is left then stays in large pieces. */
export type Fit = 'roomiest' | 'tightest';

interface Choice {
  readonly among?: (node: PlacedNode) => boolean;
  /** `roomiest` when left out. */
  readonly fit?: Fit;
}

/**
 * The node that has most room left once the unit is on it, measured against each resource's `target`, or least; those with
 * replicas of its disks before all others.
 */
export function bestTarget(
  planning: Planning,
  unit: Unit,
  reason: MigrationReason,
  bound: Bound,
  { among, fit = 'roomiest' }: Choice = {},
): Target | undefined {
  const sign = fit === 'roomiest' ? 1 : -1;
  let found: Target | undefined;
  let [least, fewest] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const node of planning.placement.nodes) {
    if (node === unit.node || among?.(node) === false) continue;
    const after = utilizationWith(node, unit);
    const full = sign * fullness(planning, after);
    // What obstacles there are matters only for a node that would be chosen: looking for them is what takes time.
    const copies = copiesTo(unit, node);
    if (copies > fewest || (copies === fewest && full >= least)) continue;
    if (obstacle(planning, unit, node, reason, bound) !== undefined) continue;
    [least, fewest] = [full, copies];
    found = { node, after };
  }
  return found;
}

/** Guests whose disks would be copied whole, though another node has a replica of them. */
function copiesTo({ guests }: Unit, node: PlacedNode): number {
  return guests.filter(({ replicas }) => replicas.length > 0 && !replicas.includes(node.name)).length;
}

/** How many nodes may take the unit. */
export function countTargets(planning: Planning, unit: Unit, reason: MigrationReason, bound: Bound): number {
  return planning.placement.nodes.filter(
    (node) => node !== unit.node && obstacle(planning, unit, node, reason, bound) === undefined,
  ).length;
}

/** The best target under the first of the bounds that leaves one; that of the last plan before all others. */
export function firstTarget(
  planning: Planning,
  unit: Unit,
  reason: MigrationReason,
  bounds: readonly Bound[],
  choice: Choice = {},
): Target | undefined {
  const before = previousTarget(planning, unit);
  for (const bound of bounds) {
    const holds = before !== undefined && copiesTo(unit, before) === 0 && choice.among?.(before) !== false;
    if (holds && obstacle(planning, unit, before, reason, bound) === undefined) {
      return { node: before, after: utilizationWith(before, unit) };
    }
    const target = bestTarget(planning, unit, reason, bound, choice);
    if (target !== undefined) return target;
  }
  return undefined;
}

/** What a node would settle at with the unit on it. */
export function utilizationWith(node: PlacedNode, unit: Unit): Utilization {
  let usage = settled(node);
  for (const guest of unit.guests) usage = addUsage(usage, guest.loads.expected);
  return utilization(usage, node.capacity);
}

/** How full a node is with the unit on it: see {@link bestTarget}. */
export function fullnessWith(planning: Planning, node: PlacedNode, unit: Unit): number {
  return fullness(planning, utilizationWith(node, unit));
}

/** The fuller of the two resources, in terms of its `target`. */
function fullness({ policy }: Planning, ratio: Utilization): number {
  return Math.max(ratio.cpu / policy.cpu.target, ratio.memory / policy.memory.target);
}

/** The nearer a hindrance is to passing by itself, the earlier it stands. */
const NEAREST: readonly BlockerCode[] = [
  'no-room',
  'reserve',
  'ping-pong',
  'anti-affinity',
  'affinity',
  'pinned',
  'cpu-type',
  'refused',
];

/** What may pass when others leave. */
const PASSING: ReadonlySet<BlockerCode> = new Set(['no-room', 'reserve', 'anti-affinity']);

/** Whether a unit may find a target once others have left. */
export function mayFindRoom(planning: Planning, unit: Unit, reason: MigrationReason): boolean {
  const code = nearestObstacle(planning, unit, reason, 'ceiling')?.code;
  return code === undefined || PASSING.has(code);
}

/** Of everything that keeps a unit from all nodes, what comes nearest to letting it go. */
export function nearestObstacle(
  planning: Planning,
  unit: Unit,
  reason: MigrationReason,
  bound: Bound,
): Obstacle | undefined {
  const nodes = planning.placement.nodes
    .filter((node) => node !== unit.node)
    .toSorted((a, b) => fullnessWith(planning, a, unit) - fullnessWith(planning, b, unit));
  const found = nodes.map((node) => obstacle(planning, unit, node, reason, bound));
  if (found.some((one) => one === undefined)) return undefined;
  const known = found.filter((one) => one !== undefined);
  const code = NEAREST.find((candidate) => known.some((one) => one.code === candidate));
  const names = list(unit.guests.map(({ guest }) => guest.name));
  const nearest = known.find((one) => one.code === code) ?? known[0];
  if (nearest === undefined) return { code: 'no-room', detail: () => `There is no other node for ${names}.` };
  const verdict =
    known.length === 1
      ? `The only other node cannot take ${names}:`
      : `None of the ${known.length} other nodes can take ${names}; nearest:`;
  return { code: nearest.code, detail: () => `${verdict} ${nearest.detail()}` };
}
