import { type Migration, NO_USAGE, type NodeName, RESOURCES } from '@ballast/core';
import { type Parallel, type Sequence, wavesOf } from '../engine/waves.ts';
import type { Loads, PlacedNode } from '../placement/placed.ts';
import { racks } from './compile.ts';
import type { Planning } from './planning.ts';

/** What stood on each node before the first step. */
export type Start = ReadonlyMap<NodeName, Pick<PlacedNode, 'loads' | 'held'>>;

export interface Schedule {
  readonly steps: readonly Migration[];
  /** Milliseconds, the slowest step of each wave counted. */
  readonly makespan: number;
}

const ONE_BY_ONE: Parallel = { perNode: 1, cluster: 1 };
const VIEWS: readonly (keyof Loads)[] = ['raw', 'assessed', 'expected'];
/** Ratios this close to a limit are at it. */
const TOLERANCE = 1e-9;

export function startOf({ placement }: Planning): Start {
  return new Map(placement.nodes.map((node) => [node.name, { loads: node.loads, held: [...node.held] }]));
}

/** The steps with their waves, in the order of their waves; gains are told for that order. */
export function schedule(planning: Planning, start: Start, parallel: Parallel): Schedule {
  const steps = planning.steps;
  if (steps.length === 0) return { steps: [], makespan: 0 };
  // What a failure needs was looked at step by step, in this order alone.
  const together = planning.policy.reserve === 'enforce' ? ONE_BY_ONE : parallel;
  const wave = wavesOf(sequenceOf(planning, start), together);
  const order = steps.map((_, i) => i).sort((a, b) => (wave[a] ?? 0) - (wave[b] ?? 0) || a - b);
  const ordered = order.map((i) => ({ ...(steps[i] as Migration), wave: wave[i] ?? 1 }));
  const slowest = new Map<number, number>();
  for (const { wave: number, cost } of ordered) {
    slowest.set(number, Math.max(slowest.get(number) ?? 0, cost.duration));
  }
  const makespan = [...slowest.values()].reduce((sum, duration) => sum + duration, 0);
  const same = order.every((i, position) => i === position);
  return { steps: same ? ordered : planning.retold(ordered), makespan };
}

function sequenceOf({ steps, placement, policy, rulebook }: Planning, start: Start): Sequence {
  const { nodes } = placement;
  const index = new Map(nodes.map((node, n) => [node.name, n]));
  const guests = steps.map((step) => placement.guest(step.guest));
  const { quotas } = placement.limits;
  const rooms = VIEWS.length * RESOURCES.length + quotas.length;
  const flat = (loads: Loads | undefined, held: readonly number[]): readonly number[] => {
    const [raw, assessed, expected] = [
      loads?.raw ?? NO_USAGE,
      loads?.assessed ?? NO_USAGE,
      loads?.expected ?? NO_USAGE,
    ];
    return [raw.cpu, raw.memory, assessed.cpu, assessed.memory, expected.cpu, expected.memory, ...held];
  };
  // Where guests make room for each other, a node may be fuller for a moment than it will be.
  const makesRoom = steps.some((step) => step.reason === 'make-room');
  const limitOf = (step: Migration): readonly number[] => {
    const target = placement.node(step.to);
    const capacity = target?.capacity ?? NO_USAGE;
    const relief = !makesRoom && (step.reason === 'relieve-cpu' || step.reason === 'relieve-memory');
    const ratios = VIEWS.flatMap((view) =>
      RESOURCES.map((resource) => {
        const { high, ceiling } = policy[resource];
        return ((relief && view !== 'raw' ? Math.min(high, ceiling) : ceiling) + TOLERANCE) * capacity[resource];
      }),
    );
    const most = quotas.map((quota) => (target === undefined ? 0 : quota.limit(target) * (1 + TOLERANCE)));
    return [...ratios, ...most];
  };
  const groups = new Map(rulebook.allGroups.map((group, i) => [group, i]));
  const under = [...new Set(steps.flatMap(({ guest }) => rulebook.apart.get(guest) ?? []))];
  const rules = new Map(under.map((rule, i) => [rule, i]));
  const places = racks(rulebook, under, nodes);
  const company = new Uint16Array(rules.size * nodes.length);
  const homes = new Map(steps.map((step) => [step.guest, step.from]));
  for (const [rule, r] of rules) {
    for (const id of rule.guests) {
      const guest = placement.guest(id);
      for (const name of [homes.get(id) ?? guest?.node.name, guest?.leaves?.name]) {
        const n = name === undefined || guest === undefined ? undefined : index.get(name);
        if (n === undefined) continue;
        const k = r * nodes.length + (places[r]?.[n] ?? n);
        company[k] = (company[k] ?? 0) + 1;
      }
    }
  }
  return {
    count: steps.length,
    nodes: nodes.length,
    from: Int32Array.from(steps, (step) => index.get(step.from) ?? 0),
    to: Int32Array.from(steps, (step) => index.get(step.to) ?? 0),
    rooms,
    size: Float64Array.from(
      guests.flatMap((guest) =>
        flat(
          guest?.loads,
          quotas.map((quota) => (guest === undefined ? 0 : quota.of(guest))),
        ),
      ),
    ),
    load: Float64Array.from(
      nodes.flatMap((node) => flat(start.get(node.name)?.loads, start.get(node.name)?.held ?? quotas.map(() => 0))),
    ),
    limit: Float64Array.from(steps.flatMap(limitOf)),
    group: Int32Array.from(steps, ({ guest, reason }) => {
      const group = rulebook.groups.get(guest);
      if (group !== undefined) return groups.get(group) ?? -1;
      // What is gathered in a rack arrives there one after the other, with nothing in between.
      const near = reason === 'mend-rule' ? rulebook.near.get(guest)?.[0] : undefined;
      return near === undefined ? -1 : groups.size + rulebook.allNear.indexOf(near);
    }),
    apart: steps.map(({ guest }) => {
      const found = (rulebook.apart.get(guest) ?? []).map((rule) => rules.get(rule) ?? 0);
      return found.length === 0 ? undefined : Int32Array.from(found);
    }),
    places,
    company,
  };
}
