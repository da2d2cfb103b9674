import { clamp, type GuestId, type Ratio, type Service, type Weight, type WeightPolicy } from '@ballast/core';
import type { Candidate } from '../candidates.ts';
import { rawWeight } from '../load/factors.ts';

/**
 * The share of a member's CPU usage that is taken to follow its traffic where the service does not tell. A half is
 * wrong by a factor of two at most, and the loop of weights and load stands an error of two.
 */
const ASSUMED_TRAFFIC_SHARE: Ratio = 0.5;

/** No member is expected to get more than this times its present traffic by one decision, or less than its inverse. */
const LARGEST_CHANGE = 64;

/**
 * Where the weights of a pool should go, 0..1, the best member's is 1: base x headroom^a x (1 - pressure)^b, taken not
 * at the present load but at the load that these very weights would bring about.
 *
 * Weights and load are a loop: a member with headroom gets traffic, and has no headroom. A weight that follows the
 * present load answers too strongly where the factors are steep, near the limit, and the pool rings. Here the
 * equilibrium of the loop is solved for, under the model that a share of each member's usage follows its traffic and
 * that the traffic of the pool as a whole stays what it is:
 *
 *     raw(member, x / share) = L * x for each member, and the sum of x is 1
 *
 * with `share` the member's share of the traffic now and `x` the one it should get. Both sides are monotone in `x`,
 * and `x` is in `L`, so that two nested bisections find them. When the load stays as it is, the aim closes in on the
 * plain formula round by round.
 */
export function aimsOf(
  service: Service,
  candidates: readonly Candidate[],
  policy: WeightPolicy,
): ReadonlyMap<GuestId, Weight> {
  if (candidates.length === 0) return new Map();
  const trafficShare = service.trafficShare > 0 ? service.trafficShare : ASSUMED_TRAFFIC_SHARE;
  const total = candidates.reduce((sum, candidate) => sum + candidate.last, 0);
  const shares = candidates.map((candidate) => candidate.last / total);
  const wantedShares = (level: number): readonly number[] =>
    candidates.map((candidate, index) => wantedShare(candidate, shares[index] ?? 1, level, trafficShare, policy));
  // Summed up, the equations say that the level is the sum of all raw weights, each of which is 1 at most.
  const least = Math.min(...candidates.map((candidate) => rawAt(candidate, LARGEST_CHANGE, trafficShare, policy)));
  const level = bisect(Math.log(least), Math.log(candidates.length), 20, (logLevel) => {
    return sum(wantedShares(Math.exp(logLevel))) > 1;
  });
  const wanted = wantedShares(Math.exp(level));
  const largest = Math.max(...wanted);
  return new Map(candidates.map(({ member }, index) => [member.guest, clamp((wanted[index] ?? 0) / largest, 0, 1)]));
}

/** The share `x` of the pool's traffic at which a member's raw weight is `level * x`. */
function wantedShare(
  candidate: Candidate,
  share: Ratio,
  level: number,
  trafficShare: Ratio,
  policy: WeightPolicy,
): Ratio {
  const bound = Math.log(LARGEST_CHANGE);
  const change = bisect(-bound, bound, 15, (logChange) => {
    const traffic = Math.exp(logChange);
    return rawAt(candidate, traffic, trafficShare, policy) > level * share * traffic;
  });
  return share * Math.exp(change);
}

/** A member's raw weight at so many times its present traffic. */
function rawAt({ load, base }: Candidate, traffic: number, trafficShare: Ratio, policy: WeightPolicy): number {
  return load === undefined ? base : base * rawWeight(load, traffic, trafficShare, policy);
}

/** Where `below` turns from true to false between `low` and `high`, halving `steps` times. */
function bisect(low: number, high: number, steps: number, below: (value: number) => boolean): number {
  let from = low;
  let to = high;
  for (let i = 0; i < steps; i++) {
    const middle = (from + to) / 2;
    if (below(middle)) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
