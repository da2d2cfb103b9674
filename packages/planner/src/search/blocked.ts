import type { Blocker, BlockerCode, MigrationReason } from '@ballast/core';
import { PALTRY } from '../engine/relieve.ts';
import { above } from '../limits.ts';
import type { PlacedGuest, PlacedNode } from '../placement/placed.ts';
import { percent, RESOURCE_WORDS } from '../text/words.ts';
import { brokenRuleGuests } from './broken.ts';
import type { Planning } from './planning.ts';
import { gainOf, reasonFor } from './relieve.ts';
import { bestTarget, nearestObstacle } from './targets.ts';
import { blockersFor, heldByGroup, type Unit, unitOf } from './unit.ts';

/**
 * Why the guests stay that stand where something was to be done: on nodes that are or were over, on nodes in
 * maintenance, and under rules that stay broken.
 */
export function blockedGuests(planning: Planning): readonly Blocker[] {
  const blockers = new Map<string, Blocker>();
  const add = (found: readonly Blocker[]): void => {
    for (const blocker of found) {
      const key = `${blocker.guest} ${blocker.code}`;
      if (!blockers.has(key)) blockers.set(key, blocker);
    }
  };
  const broken = planning.isFor('rules') ? brokenRuleGuests(planning) : [];
  for (const guest of broken) if (!guest.moved) add(reasonsToStay(planning, guest, 'mend-rule'));
  const { nodes } = planning.placement;
  const asking = new Set(nodes.filter((node) => planning.asksRelief(node)));
  for (const guest of planning.placement.guests) {
    if (guest.moved && guest.leaves === undefined) continue;
    if (planning.empties(guest.node)) add(reasonsToStay(planning, guest, 'maintenance'));
    else if (asking.has(guest.node)) add(reasonsToStay(planning, guest, reliefReason(planning, guest.node)));
    else if (guest.node.assessed.class === 'over') add(guest.assessed.blockers);
  }
  return [...blockers.values()].sort((a, b) => a.guest - b.guest);
}

/** Every standing blocker of a guest, or else the one thing that keeps it from all nodes; none when only steps ran out. */
function reasonsToStay(planning: Planning, guest: PlacedGuest, reason: MigrationReason): readonly Blocker[] {
  const standing = blockersFor(planning, guest, reason);
  if (standing.length > 0) return standing;
  const unit = unitOf(planning, guest);
  const held = heldByGroup(planning, unit, guest, reason);
  if (held !== undefined) return [held];
  const relief = reason === 'relieve-cpu' || reason === 'relieve-memory';
  const found = nearestObstacle(planning, unit, reason, relief ? 'high' : 'ceiling');
  if (found !== undefined) return [{ guest: guest.id, code: found.code, detail: found.detail() }];
  return relief && !planning.cut ? [noGain(planning, guest, unit, reason)] : [];
}

function noGain(planning: Planning, guest: PlacedGuest, unit: Unit, reason: MigrationReason): Blocker {
  const { node } = unit;
  const resource = reason === 'relieve-memory' ? 'memory' : 'cpu';
  const gain = gainOf(unit, planning.hot(node));
  const least = planning.policy.minGain || PALTRY;
  const word = RESOURCE_WORDS[resource];
  const target = bestTarget(planning, unit, reason, 'high');
  const { name } = guest.guest;
  const detail = !above(gain, 0)
    ? `Moving ${name} would not lower ${word} of ${node.name}.`
    : gain < least || target === undefined
      ? `Moving ${name} would lower ${word} of ${node.name} by ${percent(gain)}, less than ${percent(least)}.`
      : `Moving ${name} would only carry the load along: ${target.node.name} would stand at ${word} ${percent(target.after[resource])}.`;
  return { guest: guest.id, code: 'no-gain', detail };
}

function reliefReason(planning: Planning, node: PlacedNode): MigrationReason {
  return reasonFor(planning.hot(node)[0]);
}

/** The first blocker of each guest. */
export function firstCodes(blockers: readonly Blocker[]): ReadonlyMap<number, BlockerCode> {
  const codes = new Map<number, BlockerCode>();
  for (const { guest, code } of blockers) if (!codes.has(guest)) codes.set(guest, code);
  return codes;
}
