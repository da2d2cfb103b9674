import { type GuestId, type Milliseconds, type NodeName, type Random, seededRandom } from '@ballast/core';
import { drawFaults } from './draw.ts';
import type { Scenario, ScenarioGuest } from './types.ts';

export const SECOND: Milliseconds = 1000;
export const MINUTE: Milliseconds = 60 * SECOND;

/** Threads of each node. */
export const CORES = 16;
const TROUBLED = 7 * MINUTE;
const CALM = 6 * MINUTE;

/** The scenario of a seed: the same seed gives the same one. */
export function scenarioOf(seed: number): Scenario {
  const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995);
  const nodes = Array.from({ length: 3 + below(random, 2) }, (_, i) => `pve${i + 1}`);
  // By the seed alone: the clusters of the regressions stay as they were.
  const hot = nodes.length === 4 && (seed % 4 === 0 || seed % 4 === 3) ? 2 : 1;
  const guests = drawGuests(nodes, hot, random);
  const operators = random() < 0.5 ? 2 : 1;
  const draft = {
    seed,
    nodes,
    guests,
    operators,
    whileMigrating: random() < 0.5 ? 'drain' : 'reduce',
    perHour: random() < 0.25 ? 4 : 20,
    concurrent: random() < 0.3 ? 1 : 2,
    troubled: TROUBLED,
    calm: CALM,
  } as const;
  return { ...draft, faults: drawFaults(draft, random) };
}

/** Guests that make the first nodes hot, and leave room elsewhere. */
function drawGuests(nodes: readonly NodeName[], hot: number, random: Random): readonly ScenarioGuest[] {
  const guests: ScenarioGuest[] = [];
  for (const [i, node] of nodes.entries()) {
    const aim = CORES * (i < hot ? 0.88 + 0.14 * random() : 0.25 + 0.2 * random());
    const count = i < hot ? 4 + below(random, 3) : 1 + below(random, 3);
    const shares = Array.from({ length: count }, () => 0.6 + 0.8 * random());
    const sum = shares.reduce((a, b) => a + b, 0);
    for (const share of shares) guests.push(drawGuest(100 + guests.length, node, (aim * share) / sum, random));
  }
  return guests;
}

function drawGuest(id: GuestId, node: NodeName, cores: number, random: Random): ScenarioGuest {
  const tags = [
    ...(random() < 0.35 ? ['web'] : []),
    ...(random() < 0.2 ? [`ballast-anti-affinity_${random() < 0.5 ? 'db' : 'mq'}`] : []),
  ];
  return {
    id,
    node,
    vcpus: Math.max(2, Math.ceil(cores * 1.4)),
    memory: 1 + below(random, 5),
    cores,
    tags,
    container: random() < 0.08,
    ha: random() < 0.12,
  };
}

function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}
