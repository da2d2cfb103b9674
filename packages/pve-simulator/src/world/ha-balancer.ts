import type { GuestId, NodeName, Ratio } from '@ballast/core';
import { blockingGuests, moveByHa, nodeForbidden, partnersOf } from './ha.ts';
import { nodeSampleOf, sampleOf } from './publish.ts';
import { guestOf, type World, type WorldNode } from './world.ts';

/** How much of a node is used, CPU and memory: both as shares of what it has. */
interface NodeUse {
  readonly name: NodeName;
  readonly cores: number;
  readonly memory: number;
  readonly cpu: Ratio;
  readonly mem: Ratio;
}

interface Move {
  readonly guests: readonly GuestId[];
  readonly to: NodeName;
  readonly after: readonly NodeUse[];
}

/** What the datacenter's `crs` options say of the native balancer; undefined while it is off. */
function balancerOf(world: World):
  | {
      readonly threshold: Ratio;
      readonly margin: Ratio;
      readonly hold: number;
      readonly topsis: boolean;
    }
  | undefined {
  const { crs } = world;
  if (crs['ha'] !== 'dynamic' || Number(crs['ha-auto-rebalance'] ?? 0) !== 1) return undefined;
  return {
    threshold: share(crs['ha-auto-rebalance-threshold'] ?? 30),
    margin: share(crs['ha-auto-rebalance-margin'] ?? 10),
    hold: Number(crs['ha-auto-rebalance-hold-duration'] ?? 3),
    topsis: crs['ha-auto-rebalance-method'] === 'topsis',
  };
}

/** Percent, or a fraction as the first releases of the balancer had it. */
function share(value: string | number): Ratio {
  const number = Number(value);
  return number > 1 ? number / 100 : number;
}

/** Spread of node loads, 0 to 1: the coefficient of variation over the square root of n - 1 (pve-ha-manager 5.2). */
export function imbalanceOf(loads: readonly Ratio[]): Ratio {
  const n = loads.length;
  const mean = loads.reduce((sum, load) => sum + load, 0) / Math.max(1, n);
  if (n < 2 || mean === 0) return 0;
  const variance = loads.reduce((sum, load) => sum + (load - mean) ** 2, 0) / n;
  return Math.sqrt(variance) / mean / Math.sqrt(n - 1);
}

/** One round of the native balancer: after enough rounds of imbalance it makes the one move that helps most. */
export function rebalance(world: World): World {
  const settings = balancerOf(world);
  if (settings === undefined || inMotion(world)) return held(world, 0);
  const uses = usesOf(world);
  const before = imbalanceOf(uses.map(loadOf));
  if (before <= settings.threshold) return held(world, 0);
  const rounds = world.imbalancedRounds + 1;
  if (rounds < settings.hold) return held(world, rounds);
  const move = best(movesOf(world, uses), settings.topsis);
  if (move === undefined) return held(world, rounds);
  const after = imbalanceOf(move.after.map(loadOf));
  if ((before - after) / before < settings.margin) return held(world, rounds);
  return move.guests.reduce((next, id) => moveByHa(next, id, move.to), held(world, 0));
}

function held(world: World, rounds: number): World {
  return rounds === world.imbalancedRounds ? world : { ...world, imbalancedRounds: rounds };
}

function inMotion(world: World): boolean {
  return world.commands.length > 0 || world.migrations.some((migration) => migration.ha);
}

function loadOf({ cpu, mem }: NodeUse): Ratio {
  return (cpu + mem) / 2;
}

function usesOf(world: World): readonly NodeUse[] {
  return world.nodes.flatMap((node) => {
    const sample = node.online ? nodeSampleOf(world, node) : undefined;
    return sample === undefined ? [] : [useOf(node, sample.cpu, sample.memory)];
  });
}

function useOf({ name, cores, memory }: WorldNode, cpu: Ratio, used: number): NodeUse {
  return { name, cores, memory, cpu, mem: used / memory };
}

/** Every move of a started service, with those that it takes along, to a node that takes it. */
function movesOf(world: World, uses: readonly NodeUse[]): readonly Move[] {
  return world.guests.flatMap((guest) => {
    const guests = [guest.id, ...partnersOf(world, guest.id)];
    if (Math.min(...guests) !== guest.id || !guests.every((id) => mayMove(world, id))) return [];
    return world.nodes
      .filter((node) => node.online && !node.maintenance && node.name !== guest.node)
      .filter((node) => guests.every((id) => takes(world, id, node.name)))
      .map((node) => ({ guests, to: node.name, after: moved(world, uses, guests, node.name) }));
  });
}

function mayMove(world: World, id: GuestId): boolean {
  const guest = guestOf(world, id);
  return guest?.ha?.state === 'started' && guest.ha.crm === 'started' && guest.lock === undefined;
}

function takes(world: World, id: GuestId, to: NodeName): boolean {
  return !nodeForbidden(world, id, to) && blockingGuests(world, id, to).length === 0;
}

function moved(world: World, uses: readonly NodeUse[], guests: readonly GuestId[], to: NodeName): readonly NodeUse[] {
  const shift = new Map<NodeName, { cores: number; memory: number }>();
  const add = (node: NodeName, cores: number, memory: number): void => {
    const sum = shift.get(node) ?? { cores: 0, memory: 0 };
    shift.set(node, { cores: sum.cores + cores, memory: sum.memory + memory });
  };
  for (const id of guests) {
    const guest = guestOf(world, id);
    const sample = guest === undefined ? undefined : sampleOf(world, guest);
    if (guest === undefined || sample === undefined) continue;
    add(guest.node, -sample.cpu * guest.vcpus, -sample.memory);
    add(to, sample.cpu * guest.vcpus, sample.memory);
  }
  return uses.map((use) => {
    const by = shift.get(use.name);
    if (by === undefined) return use;
    return { ...use, cpu: use.cpu + by.cores / use.cores, mem: use.mem + by.memory / use.memory };
  });
}

/** The move that leaves the least imbalance, or that the method of ideal solutions puts first. */
function best(moves: readonly Move[], topsis: boolean): Move | undefined {
  const scores = topsis ? closeness(moves) : moves.map((move) => -imbalanceOf(move.after.map(loadOf)));
  let found = -1;
  scores.forEach((score, i) => {
    if (found < 0 || score > (scores[found] ?? 0)) found = i;
  });
  return moves[found];
}

/** Weights of the criteria, all of them costs: mean and highest CPU, mean and highest memory. */
const WEIGHTS = [1, 2, 5, 10] as const;

/** TOPSIS: how near each is to the best of every criterion, and how far from the worst. */
function closeness(moves: readonly Move[]): readonly number[] {
  const rows = moves.map(({ after }) => [
    1 + rootMeanSquare(after.map((use) => use.cpu)),
    1 + Math.max(...after.map((use) => use.cpu)),
    1 + rootMeanSquare(after.map((use) => use.mem)),
    1 + Math.max(...after.map((use) => use.mem)),
  ]);
  const weighed = WEIGHTS.map((weight, k) => {
    const norm = Math.sqrt(rows.reduce((sum, row) => sum + (row[k] ?? 0) ** 2, 0));
    return rows.map((row) => ((row[k] ?? 0) / norm) * weight);
  });
  return rows.map((_, i) => {
    const to = (pick: (...values: number[]) => number): number =>
      Math.sqrt(weighed.reduce((sum, column) => sum + ((column[i] ?? 0) - pick(...column)) ** 2, 0));
    const worst = to(Math.max);
    const sum = worst + to(Math.min);
    return sum === 0 ? 0 : worst / sum;
  });
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / Math.max(1, values.length));
}
