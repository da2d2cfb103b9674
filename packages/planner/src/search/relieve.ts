import type { MigrationReason, Resource } from '@ballast/core';
import { dominant, RESOURCES } from '@ballast/core';
import { boundOf } from '../engine/bound.ts';
import { HEATS } from '../engine/problem.ts';
import type { Effort, ReliefInput } from '../engine/relief-input.ts';
import { relieve } from '../engine/relieve.ts';
import type { PlacedNode } from '../placement/placed.ts';
import { settledUtilization } from '../placement/placement.ts';
import { makeRoomWhy, reliefWhy } from '../text/why.ts';
import { carryOver, type Tell } from './carry-over.ts';
import { type Compiled, compile } from './compile.ts';
import type { Planning } from './planning.ts';
import { roomAround } from './room-around.ts';
import { makeRoom, type Roomy } from './settle.ts';
import type { Unit } from './unit.ts';
import { warmStart } from './warm-start.ts';

/** What relief starts from: the placement as numbers, and what is asked of it. */
export interface ReliefTask {
  readonly compiled: Compiled;
  readonly input: ReliefInput;
}

/** The relief that is asked for now; nothing where no node asks. */
export function reliefTask(planning: Planning): ReliefTask | undefined {
  const asking = nodesAsking(planning);
  if (asking.length === 0) return undefined;
  const compiled = compile(planning, asking, 'relieve-cpu');
  return { compiled, input: reliefOf(planning, compiled, asking) };
}

/** Relieves every node that asks for it, the hottest first: see {@link relieve} for what is best. */
export function relieveNodes(planning: Planning, task: ReliefTask | undefined = reliefTask(planning)): void {
  if (task === undefined) return;
  const { compiled, input } = task;
  const found = warmStart(planning, compiled, input, relieve(input));
  const better = makeRoom(planning, compiled, input, found);
  // Where relief alone goes down to `target`, it does so first: room is made for what is left of it then.
  const toTarget = input.target.limit !== input.high.limit && found.moved.length > 0;
  const alone = better === undefined || (toTarget && !planning.roomFirst);
  planning.roomPassedBy ||= alone && better !== undefined;
  const tell: Tell = (unit, target, others) => {
    const resource = hottest(planning, unit.node);
    return { reason: reasonFor(resource), resource, why: reliefWhy(planning, unit, target, resource, others) };
  };
  if (alone) {
    const order = inOrder(planning, compiled, found.moved);
    carryOver(planning, compiled, () => input.high.limit, order, found.state, tell);
    if (found.moved.length === 0) for (const roomy of roomAround(planning, input)) carryRoomy(planning, roomy, tell);
    return;
  }
  carryRoomy(planning, better, tell);
}

/** Makes steps of what was settled; guests may fill a node above `high` for a moment, never above its ceiling. */
function carryRoomy(planning: Planning, { compiled, settled, hot, early }: Roomy, tell: Tell): void {
  const { problem, level } = compiled;
  const ceiling = level('ceiling').limit;
  const relieves = (item: number): boolean => {
    const home = (problem.home[item] as number) * HEATS;
    return hot[home] === 1 || hot[home + 1] === 1;
  };
  carryOver(
    planning,
    compiled,
    () => ceiling,
    settled.order,
    settled.state,
    (unit, target, others, item) => {
      if (relieves(item) && early?.has(item) !== true) return tell(unit, target, others, item);
      const { resource } = dominant(target.after);
      return { reason: 'make-room', resource, why: makeRoomWhy(unit, target, others) };
    },
  );
}

/** The nodes that ask for relief, the hottest first. */
function nodesAsking(planning: Planning): readonly PlacedNode[] {
  const asking = planning.placement.nodes.filter((node) => planning.asksRelief(node));
  const heat = new Map(asking.map((node) => [node, severity(planning, node, planning.hot(node))]));
  return asking.sort((a, b) => (heat.get(b) ?? 0) - (heat.get(a) ?? 0));
}

function reliefOf(planning: Planning, compiled: Compiled, asking: readonly PlacedNode[]): ReliefInput {
  const { policy, input } = planning;
  const index = new Map(compiled.nodes.map((node, n) => [node, n]));
  const hot = new Uint8Array(compiled.nodes.length * HEATS);
  const sources = asking.map((node) => index.get(node) ?? 0);
  for (const [i, node] of asking.entries()) {
    for (const resource of planning.hot(node)) hot[(sources[i] ?? 0) * HEATS + RESOURCES.indexOf(resource)] = 1;
  }
  const { problem } = compiled;
  const target = compiled.level('target');
  const aim = input.minimize === 'bytes' ? 'cheapest' : 'fewest';
  const effort = { ...effortFor(compiled), ...input.effort };
  const same = RESOURCES.every((resource) => policy[resource].target === policy[resource].high);
  return {
    problem,
    sources,
    bounds: new Map(
      sources.map((node) => [node, boundOf(problem, node, { goal: target.goal, hot }, aim, effort.expired)]),
    ),
    hot,
    target,
    high: same ? target : compiled.level('high'),
    minGain: policy.minGain,
    aim,
    effort,
  };
}

/** Items up to which a search is given more tries: each costs little, and there room is short the longest. */
const FEW_ITEMS = 400;

/** Larger clusters get fewer tries: each costs more, and there the first plan is nearer to the bound. */
function effortFor({ problem }: Compiled): Effort {
  const most = Math.round(Math.min(300, Math.max(200, 1_000_000 / Math.max(1, problem.items))));
  const few = problem.items <= FEW_ITEMS;
  return { seed: 1, patience: few ? 40 : 5, most: few ? 1200 : most, expired: () => false };
}

/**
 * Large items of a node before small ones, and the hottest node first. Where all of them fit into the plan and as
 * many may run at once as there is room for, every node takes its turn; else the hottest is relieved whole.
 */
function inOrder(planning: Planning, { problem, units }: Compiled, moved: readonly number[]): readonly number[] {
  const rank = new Map<number, number>();
  const byNode = groupByHome(problem.home, moved);
  for (const items of byNode.values()) {
    const size = (item: number): number => gainOf(units[item] as Unit, RESOURCES);
    items.sort((a, b) => size(b) - size(a) || a - b);
    for (const [i, item] of items.entries()) rank.set(item, i);
  }
  const sorted = [...byNode.values()].flat();
  const steps = moved.reduce((sum, item) => sum + (problem.moves[item] as number), 0);
  const few = Number.isFinite(planning.input.parallel?.cluster ?? Number.POSITIVE_INFINITY);
  if (few || planning.steps.length + steps > planning.policy.maxSteps) return sorted;
  const groups = (item: number): number => ((problem.moves[item] as number) > 1 ? 1 : 0);
  return sorted.sort((a, b) => groups(a) - groups(b) || (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
}

function groupByHome(home: Int32Array, items: readonly number[]): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const item of items) {
    const node = home[item] as number;
    const known = groups.get(node);
    if (known === undefined) groups.set(node, [item]);
    else known.push(item);
  }
  return groups;
}

/** The largest fall among the hot resources, as a share of the node. */
export function gainOf(unit: Unit, hot: readonly Resource[]): number {
  return Math.max(0, ...hot.map((resource) => shareOf(unit, resource)));
}

function shareOf(unit: Unit, resource: Resource): number {
  const capacity = unit.node.capacity[resource];
  const used = unit.guests.reduce((total, guest) => total + guest.loads.expected[resource], 0);
  return capacity > 0 ? used / capacity : 0;
}

export function reasonFor(resource: Resource | undefined): MigrationReason {
  return resource === 'memory' ? 'relieve-memory' : 'relieve-cpu';
}

/** The resource that a node is relieved of, as it stands now. */
export function hottest(planning: Planning, node: PlacedNode): Resource {
  return RESOURCES.toSorted((a, b) => severity(planning, node, [b]) - severity(planning, node, [a]))[0] ?? 'cpu';
}

/** How far above `high` a node stands, as a factor of it. */
function severity(planning: Planning, node: PlacedNode, resources: readonly Resource[]): number {
  const ratio = settledUtilization(node);
  return Math.max(0, ...resources.map((resource) => ratio[resource] / planning.policy[resource].high));
}
