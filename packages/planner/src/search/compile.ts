import { type AntiAffinityRule, type MigrationReason, RESOURCES, type Usage } from '@ballast/core';
import { leftLately } from '../assessment/rest.ts';
import { HEATS, type Problem, rowsByHome } from '../engine/problem.ts';
import type { Level } from '../engine/relief-input.ts';
import { compareNames } from '../limits.ts';
import { priceOf } from '../placement/cost.ts';
import type { Bound, Loads, PlacedNode } from '../placement/placed.ts';
import { settled } from '../placement/placement.ts';
import type { Quota } from '../placement/quotas.ts';
import { topologyOf } from '../rules/places.ts';
import type { Rulebook } from '../rules/rulebook.ts';
import { strayed } from './near.ts';
import type { Planning } from './planning.ts';
import { movable, type Unit, unitsOn } from './unit.ts';

/** The placement of this moment as numbers, and what its indices stand for. */
export interface Compiled {
  readonly problem: Problem;
  /** By index: those of the placement. */
  readonly nodes: readonly PlacedNode[];
  readonly units: readonly Unit[];
  readonly level: (bound: Bound) => Level;
}

/** Views of a load that have to hold, each on its own; one is enough where all are the same. */
const VIEWS: readonly (keyof Loads)[] = ['expected', 'assessed', 'raw'];
/** Ratios this close to a limit are at it: as {@link above} has it. */
const TOLERANCE = 1e-9;
/** Sums of the same loads differ by their rounding; far below the tolerance. */
const ROUNDING = 1e-12;
const NO_RULES: readonly never[] = [];

/**
 * Puts the placement into numbers for the search: all nodes, and the guests of those that are to be relieved. All others
 * stay, and count as what is on their nodes.
 *
 * @param reason what items would move for: cool-downs and ping-pong depend on it
 */
export function compile(planning: Planning, sources: readonly PlacedNode[], reason: MigrationReason): Compiled {
  const { nodes } = planning.placement;
  const units = sources.flatMap((node) => unitsOn(planning, node));
  const views = sameViews(planning) ? VIEWS.slice(0, 1) : VIEWS;
  const { quotas } = planning.placement.limits;
  const storages = storagesOf(units, nodes);
  // Behind the views: the quotas, and the storages that local disks are copied to.
  const held = views.length * HEATS;
  const copied = held + quotas.length;
  const rooms = copied + storages.length;
  const index = new Map(nodes.map((node, n) => [node, n]));
  const home = Int32Array.from(units, (unit) => index.get(unit.node) ?? -1);
  const allowed = allowedNodes(planning, units, nodes, index);
  const leaves = (unit: Unit, item: number): boolean =>
    isAllowedElsewhere(allowed[item], home[item] as number) && mayLeave(planning, unit, reason);
  const problem: Problem = {
    nodes: nodes.length,
    items: units.length,
    rooms,
    capacity: table(nodes, HEATS, (node, values, k) => addUsage(values, k, node.capacity)),
    load: table(nodes, rooms, (node, values, k) => {
      addLoads(values, k, node.loads, views);
      for (const [q, amount] of node.held.entries()) values[k + held + q] = amount;
    }),
    heat: table(nodes, HEATS, (node, values, k) => addUsage(values, k, settled(node))),
    size: table(units, rooms, (unit, values, k) => {
      for (const guest of unit.guests) {
        addLoads(values, k, guest.loads, views);
        for (let q = 0; q < quotas.length; q++) add(values, k + held + q, (quotas[q] as Quota).of(guest));
        for (let s = 0; s < storages.length; s++) add(values, k + copied + s, guest.needs[storages[s] as string] ?? 0);
      }
    }),
    relief: table(units, HEATS, (unit, values, k) => {
      for (const { loads } of unit.guests) addUsage(values, k, loads.expected);
    }),
    home,
    moves: Int32Array.from(units, (unit) => unit.guests.length),
    price: Float64Array.from(units, (unit) => priceFor(planning, unit)),
    movable: Uint8Array.from(units, (unit, item) => (leaves(unit, item) ? 1 : 0)),
    allowed,
    ...apartOf(planning, units, nodes, index),
    ...rowsByHome(home, nodes.length),
  };
  return { problem, nodes, units, level: (bound) => levelOf(planning, nodes, { views, storages }, bound) };
}

/** In `bytes` the memory that crosses the network; else what {@link priceOf} says, which would rather not restart. */
function priceFor(planning: Planning, unit: Unit): number {
  if (planning.input.minimize !== 'bytes') return priceOf(unit.guests);
  return unit.guests.reduce((sum, guest) => sum + guest.loads.expected.memory, 0);
}

/** Whether the newest sample, the smoothed load and the expected one are all the same, as on a first look. */
function sameViews({ placement, policy }: Planning): boolean {
  const near = (a: Usage, b: Usage): boolean =>
    a === b ||
    RESOURCES.every((resource) => Math.abs(a[resource] - b[resource]) <= ROUNDING * Math.max(a[resource], b[resource]));
  const same = ({ raw, assessed, expected }: Loads): boolean => near(raw, assessed) && near(assessed, expected);
  const bounded = RESOURCES.every((resource) => policy[resource].high <= policy[resource].ceiling);
  return (
    bounded && placement.nodes.every((node) => same(node.loads)) && placement.guests.every((guest) => same(guest.loads))
  );
}

function addUsage(values: Float64Array, k: number, { cpu, memory }: Usage): void {
  add(values, k, cpu);
  add(values, k + 1, memory);
}

function add(values: Float64Array, k: number, amount: number): void {
  values[k] = (values[k] as number) + amount;
}

/** In the order of {@link VIEWS}. */
function addLoads(values: Float64Array, k: number, loads: Loads, views: readonly (keyof Loads)[]): void {
  addUsage(values, k, loads.expected);
  if (views.length === 1) return;
  addUsage(values, k + HEATS, loads.assessed);
  addUsage(values, k + 2 * HEATS, loads.raw);
}

/** Storages by their names that disks of these units would be copied to, and that are known to be short somewhere. */
function storagesOf(units: readonly Unit[], nodes: readonly PlacedNode[]): readonly string[] {
  const known = new Set(nodes.flatMap(({ free }) => [...free.keys()]));
  if (known.size === 0) return [];
  const needed = new Set(units.flatMap((unit) => unit.guests.flatMap(({ needs }) => Object.keys(needs))));
  return [...needed].filter((name) => known.has(name)).sort(compareNames);
}

/** What the columns of rooms stand for, beside the quotas. */
interface Columns {
  readonly views: readonly (keyof Loads)[];
  readonly storages: readonly string[];
}

function levelOf(
  { policy, placement: { limits } }: Planning,
  nodes: readonly PlacedNode[],
  { views, storages }: Columns,
  bound: Bound,
): Level {
  const limit: number[] = [];
  const goal: number[] = [];
  for (const node of nodes) {
    const { takesGuests, capacity } = node;
    for (const view of views) {
      for (const resource of RESOURCES) {
        const { ceiling } = policy[resource];
        const ratio = view === 'raw' ? ceiling : Math.min(ceiling, policy[resource][bound]);
        const open = takesGuests && capacity[resource] > 0;
        limit.push(open ? (ratio + TOLERANCE) * capacity[resource] : Number.NEGATIVE_INFINITY);
      }
    }
    for (const quota of limits.quotas) limit.push(quota.limit(node) * (1 + TOLERANCE));
    // A storage that is full has room for guests without disks on it.
    for (const name of storages) limit.push(Math.max(0.5, node.free.get(name) ?? Number.POSITIVE_INFINITY));
    for (const resource of RESOURCES) goal.push(policy[resource][bound] * capacity[resource]);
  }
  return { limit: Float64Array.from(limit), goal: Float64Array.from(goal) };
}

function mayLeave(planning: Planning, unit: Unit, reason: MigrationReason): boolean {
  if (!movable(planning, unit, reason)) return false;
  const { apart } = planning.rulebook;
  if (unit.guests.length === 1) return true;
  // Two of a group that may not share a node: wherever they went together, the rule would be broken there.
  return !unit.guests.some(({ id }) =>
    (apart.get(id) ?? []).some((rule) =>
      unit.guests.some((other) => other.id !== id && rule.guests.includes(other.id)),
    ),
  );
}

/** What is bound to its node does not count among what could relieve it. */
function isAllowedElsewhere(allowed: Uint8Array | undefined, home: number): boolean {
  return allowed === undefined || allowed.some((may, node) => may === 1 && node !== home);
}

/** Pins, nodes that Proxmox VE refuses, nodes left lately, and groups whose other part is elsewhere. */
function allowedNodes(
  planning: Planning,
  units: readonly Unit[],
  nodes: readonly PlacedNode[],
  index: ReadonlyMap<PlacedNode, number>,
): readonly (Uint8Array | undefined)[] {
  const { rulebook, placement, moves, policy, now, input } = planning;
  const { facts } = input.assessment.snapshot;
  let mask: Uint8Array | undefined;
  const keep = (test: (node: PlacedNode) => boolean): void => {
    mask ??= new Uint8Array(nodes.length).fill(1);
    for (let n = 0; n < nodes.length; n++) if (!test(nodes[n] as PlacedNode)) mask[n] = 0;
  };
  const drop = (name: string): void => {
    const n = index.get(placement.node(name) as PlacedNode);
    mask ??= new Uint8Array(nodes.length).fill(1);
    if (n !== undefined) mask[n] = 0;
  };
  return units.map((unit) => {
    mask = undefined;
    if (rulebook.near.size > 0 && unit.guests.some(({ id }) => rulebook.near.has(id)))
      keep((node) => strayed(planning, unit, node) === undefined);
    if (unit.apart.length > 0) keep((node) => unit.apart.some((other) => other.node === node));
    for (const { id, node } of unit.guests) {
      for (const pin of rulebook.pins.get(id) ?? NO_RULES) keep(({ name }) => pin.nodes.includes(name));
      for (const name in facts[id]?.refusedNodes) drop(name);
      const past = moves.get(id);
      if (past === undefined) continue;
      for (const { from } of past) if (leftLately(past, node.name, from, policy, now) !== undefined) drop(from);
    }
    return mask;
  });
}

/** Anti-affinity: the rules of each unit, and how many guests of each of these rules every node has. */
function apartOf(
  { rulebook, placement }: Planning,
  units: readonly Unit[],
  nodes: readonly PlacedNode[],
  index: ReadonlyMap<PlacedNode, number>,
): Pick<Problem, 'apart' | 'places' | 'company'> {
  const numbers = new Map<AntiAffinityRule, number>();
  for (const { guests } of units) {
    for (const { id } of guests) for (const rule of rulebook.apart.get(id) ?? NO_RULES) numbers.set(rule, numbers.size);
  }
  const rules = [...numbers.keys()];
  for (const [i, rule] of rules.entries()) numbers.set(rule, i);
  const places = racks(rulebook, rules, nodes);
  const company = new Uint16Array(rules.length * nodes.length);
  const count = (rule: number, node: PlacedNode | undefined): void => {
    const n = node === undefined ? undefined : index.get(node);
    if (n === undefined) return;
    const k = rule * nodes.length + (places[rule]?.[n] ?? n);
    company[k] = (company[k] ?? 0) + 1;
  };
  for (const [i, rule] of rules.entries()) {
    for (const id of rule.guests) {
      const guest = placement.guest(id);
      count(i, guest?.node);
      count(i, guest?.leaves);
    }
  }
  const apart = units.map(({ guests }) => {
    if (!guests.some(({ id }) => rulebook.apart.has(id))) return undefined;
    const found = guests.flatMap(({ id }) => (rulebook.apart.get(id) ?? []).map((rule) => numbers.get(rule) ?? 0));
    return Int32Array.from(new Set(found));
  });
  return { apart, places, company };
}

/** For each rule by a label: of each rack the first node, which stands for all of it. */
export function racks(
  { placeOf }: Rulebook,
  rules: readonly AntiAffinityRule[],
  nodes: readonly Pick<PlacedNode, 'name'>[],
): readonly (Int32Array | undefined)[] {
  const known = new Map<string, Int32Array>();
  return rules.map((rule) => {
    const topology = topologyOf(rule);
    if (topology === 'node') return undefined;
    const found = known.get(topology);
    if (found !== undefined) return found;
    const first = new Map<string, number>();
    const made = Int32Array.from(nodes, ({ name }, n) => {
      const place = placeOf(topology, name);
      if (!first.has(place)) first.set(place, n);
      return first.get(place) ?? n;
    });
    known.set(topology, made);
    return made;
  });
}

/** @param fill writes the row that begins at `start` */
function table<T>(
  rows: readonly T[],
  columns: number,
  fill: (row: T, values: Float64Array, start: number) => void,
): Float64Array {
  const values = new Float64Array(rows.length * columns);
  for (let i = 0; i < rows.length; i++) fill(rows[i] as T, values, i * columns);
  return values;
}
