import {
  type Assessment,
  type BalancePolicy,
  type ClusterSnapshot,
  type Guest,
  type GuestAssessment,
  type GuestId,
  type History,
  type Instant,
  type Node,
  type NodeAssessment,
  type NodeClass,
  RESOURCES,
  type Rule,
  type Usage,
  type Utilization,
  utilization,
} from '@ballast/core';
import { above, amounts } from '../limits.ts';
import { entryOf } from '../records.ts';
import { readIgnored } from '../rules/rulebook.ts';
import { standingBlockers } from './blockers.ts';
import { pressureOf } from './pressure.ts';

export interface AssessInput {
  readonly snapshot: ClusterSnapshot;
  /** With this snapshot already remembered in it. */
  readonly history: History;
  readonly policy: BalancePolicy;
  /** The cluster's own rules and those of the configuration. */
  readonly rules: readonly Rule[];
  readonly now: Instant;
  /** Guests whose migration is under way. */
  readonly moving: readonly GuestId[];
}

/**
 * Turns a snapshot and the history into load that can be reasoned about: smoothed usage, the class of each node, and
 * for each guest the blockers that hold wherever it would go.
 */
export function assess(input: AssessInput): Assessment {
  const { snapshot, history, policy } = input;
  const blockers = standingBlockers({ ...input, ignored: readIgnored(input.rules) });
  return {
    snapshot,
    nodes: snapshot.nodes.map((node) => assessNode(node, history, policy)),
    guests: snapshot.guests.map((guest): GuestAssessment => {
      const traffic = guest.status === 'running' ? history.guests[guest.id]?.network?.rate : undefined;
      const seen = { guest, usage: usageOf(guest, history), blockers: blockers(guest) };
      return traffic === undefined ? seen : { ...seen, traffic };
    }),
  };
}

function assessNode(node: Node, history: History, policy: BalancePolicy): NodeAssessment {
  const past = node.status === 'online' ? entryOf(history.nodes, node.name) : undefined;
  const smoothed = past?.smoothed ?? utilization(amounts(node.usage), node.capacity);
  const usage = amounts({ cpu: smoothed.cpu * node.capacity.cpu, memory: smoothed.memory * node.capacity.memory });
  const ratio = utilization(usage, node.capacity);
  const online = node.status === 'online';
  const hot = online ? RESOURCES.filter((resource) => above(ratio[resource], policy[resource].high)) : [];
  const roundsOver = hot.length > 0 ? (past?.roundsOver ?? 1) : 0;
  const over = hot.length > 0 && roundsOver >= policy.sustain;
  return {
    node,
    usage,
    utilization: ratio,
    class: over ? 'over' : restingClass(node, ratio, policy),
    hot,
    roundsOver,
    pressure: pressureOf(node, ratio, policy),
  };
}

/** The class of a node that is not `over`. */
export function restingClass(node: Node, ratio: Utilization, policy: BalancePolicy): Exclude<NodeClass, 'over'> {
  const target = node.status === 'online' && !node.maintenance;
  return target && RESOURCES.every((resource) => ratio[resource] < policy.low) ? 'under' : 'appropriate';
}

/** Smoothed while it runs: what a guest that stands still uses is what is seen. */
function usageOf(guest: Guest, history: History): Usage {
  const past = guest.status === 'running' ? history.guests[guest.id] : undefined;
  return amounts(past?.smoothed ?? guest.usage);
}
