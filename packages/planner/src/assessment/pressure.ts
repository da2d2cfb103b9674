import { type BalancePolicy, clamp, type Node, type NodeAssessment, type Ratio, type Utilization } from '@ballast/core';
import { amount } from '../limits.ts';

/**
 * Contention on a host, 0..1.
 *
 * Where the host reports pressure stall information it is the largest share of time in which something waited for
 * CPU or memory, or everything waited for its disks. (Some task waits for a disk on any busy host: that alone says
 * little.) Else it is guessed from utilization: waiting for CPU grows slowly at first and fast towards saturation, the
 * square of the way from `low` to full; memory costs nothing until it gets scarce, from `high` to full.
 */
export function pressureOf(node: Node, ratio: Utilization, policy: BalancePolicy): Ratio {
  const psi = node.pressure;
  if (psi !== undefined) {
    return clamp(Math.max(amount(psi.cpuSome), amount(psi.memorySome), amount(psi.ioFull)), 0, 1);
  }
  return Math.max(way(ratio.cpu, policy.low) ** 2, way(ratio.memory, policy.memory.high));
}

/**
 * Whether a host says itself that it has no more room, whatever its utilization: a pressure that was guessed from
 * utilization says nothing that the ceilings of the resources do not say better.
 */
export function isStrained({ node, pressure }: NodeAssessment, policy: BalancePolicy): boolean {
  return policy.pressure !== undefined && node.pressure !== undefined && pressure >= policy.pressure.ceiling;
}

/** How far `value` has come from `start` to 1. */
function way(value: number, start: number): Ratio {
  return start < 1 ? clamp((value - start) / (1 - start), 0, 1) : 0;
}
