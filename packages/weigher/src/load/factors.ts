import { clamp, type Ratio, type WeightPolicy } from '@ballast/core';
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
 * - headroom: the cores that the guest could still get, over its vCPUs: its own idle ones, or those idle on its node
 *   where they are fewer. A vCPU that finds no core is no headroom.
 * - pressure: of its node. It is taken to follow the node's usage in proportion; the other members there are taken
 *   to be weighted alike, since they feel the same node.
 */
export function loadFactors(load: MemberLoad, traffic: number, trafficShare: Ratio, policy: WeightPolicy): LoadFactors {
  const { vcpus, usage, node } = load;
  const change = trafficShare * (traffic - 1);
  const nodeUsage = Math.max(0, node.usage + change * node.memberUsage);
  const idle = Math.min(vcpus - usage * (1 + change), node.capacity - nodeUsage);
  const headroom = vcpus > 0 ? clamp(idle / vcpus, LEAST, 1) : 1;
  const pressure = node.usage > 0 ? node.pressure * (nodeUsage / node.usage) : node.pressure;
  return {
    headroom: headroom ** policy.headroomExponent,
    pressure: clamp(1 - pressure, LEAST, 1) ** policy.pressureExponent,
  };
}

/** headroom^a x (1 - pressure)^b: falls as `traffic` grows. */
export function rawWeight(load: MemberLoad, traffic: number, trafficShare: Ratio, policy: WeightPolicy): number {
  const { headroom, pressure } = loadFactors(load, traffic, trafficShare, policy);
  return headroom * pressure;
}
