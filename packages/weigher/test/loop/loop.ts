import { type Cores, EMPTY_HISTORY, type History, type Ratio, type WeightPolicy } from '@ballast/core';
import { aService, aWeightPolicy } from '@ballast/testkit';
import { rememberWeights } from '../../src/index.ts';
import { aMember, anAssessment, weighShop, weightsOf } from '../pool.ts';

/** A tiny world in which traffic moves load, and load moves weights. */
export interface Loop {
  /** Each node: cores, and the load that is not traffic. */
  readonly nodes: readonly { readonly cores: Cores; readonly background: Cores }[];
  /** Each member: its node, its vCPUs, and the load of its own that is not traffic. */
  readonly members: readonly { readonly node: number; readonly vcpus: Cores; readonly own: Cores }[];
  /** Cores that the traffic of the whole pool costs. */
  readonly traffic: Cores;
  /** What the host reports as pressure at a utilization. */
  readonly pressure: (utilization: Ratio) => Ratio;
  readonly policy?: Partial<WeightPolicy>;
  readonly trafficShare?: Ratio;
  /** Weight of the newest sample in the smoothing of what is measured. */
  readonly smoothing: Ratio;
}

export interface LoopRound {
  readonly weights: readonly number[];
  /** Utilization of each node, as it is, not as it is smoothed. */
  readonly nodes: readonly Ratio[];
}

/** Runs the loop: weights decide shares, shares decide load, smoothed load decides weights. */
export function runLoop(loop: Loop, rounds: number): readonly LoopRound[] {
  const policy = aWeightPolicy(loop.policy);
  const services = [aService('shop', { trafficShare: loop.trafficShare ?? 0 })];
  let history: History = EMPTY_HISTORY;
  let weights: readonly number[] = loop.members.map(() => 1);
  let smoothed: readonly Cores[] | undefined;
  const seen: LoopRound[] = [];
  for (let round = 0; round < rounds; round++) {
    const loads = loadsOf(loop, weights);
    const before = smoothed ?? loads;
    const now = loads.map((load, index) => loop.smoothing * load + (1 - loop.smoothing) * (before[index] ?? load));
    smoothed = now;
    const table = weighShop(assessmentOf(loop, now), { services, policy, history });
    history = rememberWeights(history, table);
    const decided = weightsOf(table);
    weights = loop.members.map((_, index) => decided[index + 1] ?? 0);
    seen.push({ weights, nodes: utilizationsOf(loop, loadsOf(loop, weights)) });
  }
  return seen;
}

function loadsOf(loop: Loop, weights: readonly number[]): readonly Cores[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return loop.members.map(({ own, vcpus }, index) =>
    Math.min(vcpus, own + (loop.traffic * (weights[index] ?? 0)) / total),
  );
}

function utilizationsOf(loop: Loop, loads: readonly Cores[]): readonly Ratio[] {
  return loop.nodes.map(({ cores, background }, node) => {
    const own = loop.members.map((member, index) => (member.node === node ? (loads[index] ?? 0) : 0));
    return Math.min(1, own.reduce((sum, load) => sum + load, background) / cores);
  });
}

function assessmentOf(loop: Loop, loads: readonly Cores[]): ReturnType<typeof anAssessment> {
  const utilizations = utilizationsOf(loop, loads);
  const nodes = loop.nodes.map(({ cores }, node) => {
    const cpu = utilizations[node] ?? 0;
    return [
      `n${node}`,
      { cpu, pressure: loop.pressure(cpu), fields: { capacity: { cpu: cores, memory: 2 ** 36 } } },
    ] as const;
  });
  const guests = loop.members.map(({ node, vcpus }, index) =>
    aMember(index + 1, `n${node}`, loads[index] ?? 0, { capacity: { cpu: vcpus, memory: 2 ** 33 } }),
  );
  return anAssessment(Object.fromEntries(nodes), guests);
}

/** How often a series turned round by more than `amplitude` of its largest value: a series that settles does so seldom. */
export function turns(series: readonly number[], amplitude: Ratio): number {
  const least = amplitude * Math.max(...series);
  let count = 0;
  let direction = 0;
  let extreme = series[0] ?? 0;
  for (const value of series) {
    if (direction >= 0 && value > extreme) extreme = value;
    else if (direction <= 0 && value < extreme) extreme = value;
    else if (Math.abs(value - extreme) > least) {
      if (direction !== 0) count++;
      direction = Math.sign(value - extreme);
      extreme = value;
    }
    if (direction === 0 && Math.abs(value - (series[0] ?? 0)) > least) direction = Math.sign(value - (series[0] ?? 0));
  }
  return count;
}
