import { type Cores, clamp, type Ratio, type WeightPolicy } from '@ballast/core';
import type { MemberLoad } from './cluster.ts';

/** No factor is taken as less: a node at its very limit is still better than another one only by what can be measured. */
const LEAST = 0.01;

export interface LoadFactors {
  /** headroom^a */
  readonly headroom: Ratio;
  /** (1 - pressure)^b */
  readonly pressure: Ratio;
}

/**
 * The factors of a member's weight, if it got `traffic` times the traffic it gets now and `trafficShare` of its CPU
 * usage followed.
 *
 * - headroom: the idle share of the guest's vCPUs
 * - pressure: the contention on its node (see {@link contention}). The other members there are taken to be weighted
 *   alike, since they feel the same node.
 */
export function loadFactors(load: MemberLoad, traffic: number, trafficShare: Ratio, policy: WeightPolicy): LoadFactors {
  const { vcpus, usage, node } = load;
  const change = trafficShare * (traffic - 1);
  const headroom = vcpus > 0 ? clamp(1 - (usage * (1 + change)) / vcpus, LEAST, 1) : 1;
  const nodeUsage = Math.max(0, node.usage + change * node.memberUsage);
  return {
    headroom: headroom ** policy.headroomExponent,
    pressure: clamp(1 - contention(node, nodeUsage), LEAST, 1) ** policy.pressureExponent,
  };
}

/**
 * Contention on a node whose usage is `usage`: its pressure, taken to follow the usage in proportion, or how far its
 * CPU has come from `target` to full, whichever is more. Stall information alone would not do: it shows waiting, and
 * a host at 90 % may make nobody wait yet, but has to be relieved all the same.
 */
function contention(node: MemberLoad['node'], usage: Cores): Ratio {
  const pressure = node.usage > 0 ? node.pressure * (usage / node.usage) : node.pressure;
  const utilization = node.capacity > 0 ? usage / node.capacity : 0;
  return Math.max(pressure, (utilization - node.target) / Math.max(LEAST, 1 - node.target));
}

/** headroom^a x (1 - pressure)^b: falls as `traffic` grows. */
export function rawWeight(load: MemberLoad, traffic: number, trafficShare: Ratio, policy: WeightPolicy): number {
  const { headroom, pressure } = loadFactors(load, traffic, trafficShare, policy);
  return headroom * pressure;
}
