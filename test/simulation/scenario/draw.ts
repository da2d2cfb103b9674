import type { Random } from '@ballast/core';
import { CALLS, FAULT_KINDS, type Fault, type FaultKind, LEASE_FAULTS, MOMENTS, REQUEST_FAULTS } from './fault.ts';
import type { Scenario } from './types.ts';

/** Some wait for a moment that never comes, or find nothing to strike: of these at least ten do strike. */
const FEWEST = 28;
const SECOND = 1000;

/** The faults of a scenario, drawn all at once before it runs. */
export function drawFaults(scenario: Omit<Scenario, 'faults'>, random: Random): readonly Fault[] {
  const alone = new Set<string>(LEASE_FAULTS);
  const kinds = FAULT_KINDS.filter((kind) => scenario.operators === 2 || !alone.has(kind));
  const count = FEWEST + Math.floor(random() * 5);
  const faults = Array.from({ length: count }, (_, id) => drawFault(id, pick(kinds, random), scenario, random));
  return faults.toSorted((a, b) => a.at - b.at).map((fault, id) => ({ ...fault, id }));
}

function drawFault(id: number, kind: FaultKind, scenario: Omit<Scenario, 'faults'>, random: Random): Fault {
  const moment = pick(MOMENTS, random);
  return {
    id,
    kind,
    at: Math.round(random() * random() * scenario.troubled * 0.85),
    ...(moment === 'idle' ? {} : { when: moment }),
    lasts: lastsOf(kind, random),
    times: 1 + Math.floor(random() * random() * 6),
    call: isRequestFault(kind) && random() < 0.7 ? pick(CALLS, random) : 'any',
    node: pick(scenario.nodes, random),
    guest: pick(scenario.guests, random).id,
    operator: random() < 0.7 || scenario.operators === 1 ? 0 : 1,
  };
}

function isRequestFault(kind: FaultKind): boolean {
  return (REQUEST_FAULTS as readonly string[]).includes(kind);
}

/** Least and most seconds; others last from 10 s to 4 min. */
const LASTS: Partial<Record<FaultKind, readonly [number, number]>> = {
  slow: [2, 50],
  'store-slow': [1, 30],
  'target-slow': [1, 30],
  stop: [3, 120],
  'stop-at-request': [3, 120],
  'clock-jump': [2, 900],
  crash: [1, 90],
  'crash-at-call': [1, 90],
  'store-torn': [1, 90],
};

function lastsOf(kind: FaultKind, random: Random): number {
  const [least, most] = LASTS[kind] ?? [10, 240];
  const lasts = Math.round((least + random() * random() * (most - least)) * SECOND);
  return kind === 'clock-jump' && random() < 0.5 ? -lasts : lasts;
}

function pick<T>(from: readonly T[], random: Random): T {
  const picked = from[Math.floor(random() * from.length)];
  if (picked === undefined) throw new RangeError('Expected something to pick from, got nothing.');
  return picked;
}
