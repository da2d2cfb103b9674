import type { Milliseconds } from '@ballast/core';
import { REST } from '../rig/host.ts';
import type { Asked, Evidence } from './evidence.ts';
import type { Judge } from './judge.ts';

/** An operator that goes after a wall clock that was set counts ages wrong by this share of them. */
const PACE = 0.05;

/** How wrong one life of an operator counts a time. */
export function ownSlack(time: Milliseconds): Milliseconds {
  return 2000 + time * PACE;
}

/** How wrong an operator counts a time since what another wrote down: their wall clocks differ by what they were set by. */
function slackBetween(before: Asked, { by }: Asked, evidence: Evidence): Milliseconds {
  const byOthers = before.by !== by || evidence.othersWrote(by, before.at);
  return ownSlack(REST) + (byOthers ? evidence.simulation.jumped : 0);
}

/** Whether the guest has to leave, by order or by a rule: then rest does not count. */
function mustLeave({ from, guest, at, by }: Asked, evidence: Evidence): boolean {
  const { cluster, disk, healedAt } = evidence.simulation;
  const node = cluster.world.nodes.find(({ name }) => name === from);
  const lately = (healedAt.get(from) ?? 0) > at - 90_000;
  if (lately || node?.maintenance === true || disk.orders.drains.some((drain) => drain.node === from)) return true;
  // By what the operator has seen: a companion may have left since.
  return evidence.companions(guest, evidence.known(by).resources?.world).some((other) => other.node === from);
}

/** A guest that was moved, or could not be moved, rests: over crashes, too. */
export const coolDown: Judge = {
  leaves: (asked, evidence) => {
    if (asked.request.late || mustLeave(asked, evidence)) return undefined;
    const before = evidence.asked.findLast(({ guest, arrivedAt }) => guest === asked.guest && arrivedAt !== undefined);
    if (before === undefined || asked.at - before.at >= REST - slackBetween(before, asked, evidence)) return undefined;
    return `${asked.by} asks for guest ${asked.guest} again after ${(asked.at - before.at) / 1000} s`;
  },
};

/** A guest does not return to where it was moved from. */
export const noReturn: Judge = {
  leaves: (asked, evidence) => {
    if (asked.request.late || mustLeave(asked, evidence)) return undefined;
    const before = evidence.asked.find((other) => other.guest === asked.guest && other.done && other.from === asked.to);
    if (before === undefined) return undefined;
    return `${asked.by} asks for guest ${asked.guest} to return to ${asked.to}, from which it was moved`;
  },
};
