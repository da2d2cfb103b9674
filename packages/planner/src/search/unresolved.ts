import type { Blocker, BlockerCode, Plan } from '@ballast/core';
import { byName } from '../placement/order.ts';
import type { PlacedNode } from '../placement/placed.ts';
import { settledUtilization } from '../placement/placement.ts';
import { count, emptiedBy, list, percent, RESOURCE_WORDS } from '../text/words.ts';
import { firstCodes } from './blocked.ts';
import type { Planning } from './planning.ts';
import { leftToHa } from './unit.ts';

/** Why guests stay, after their number: `2 are locked`. */
const WORDS: Readonly<Record<BlockerCode, string>> = {
  'not-running': 'not running',
  template: 'template',
  locked: 'locked',
  ignored: 'ignored by a rule',
  container: 'container',
  'native-balancer': 'left to the native balancer',
  'ha-state': 'left to HA',
  'cool-down': 'resting after a move',
  'ping-pong': 'not to return so soon',
  moving: 'under way',
  'local-disk': 'with local disks',
  'local-resource': 'bound to a device',
  'dirty-rate': 'writing too fast to be moved live',
  pinned: 'pinned',
  affinity: 'held by affinity',
  'anti-affinity': 'held by anti-affinity',
  'no-room': 'without room elsewhere',
  'no-gain': 'without a gain',
  reserve: 'to be kept for the failure of a node',
  refused: 'refused by Proxmox VE',
  'cpu-type': 'with a CPU type that other nodes lack',
  'source-offline': 'on an offline node',
  'failed-before': 'failed lately',
};

/** Nodes that stay over, or that stay in maintenance with guests on them, each with the reason. */
export function unresolvedNodes(planning: Planning, blocked: readonly Blocker[]): Plan['unresolved'] {
  return planning.placement.nodes.toSorted(byName).flatMap((node) => {
    const detail = planning.empties(node) ? keptGuests(planning, node, blocked) : keptHeat(planning, node, blocked);
    return detail === undefined ? [] : [{ node: node.name, detail }];
  });
}

function keptHeat(planning: Planning, node: PlacedNode, blocked: readonly Blocker[]): string | undefined {
  if (!planning.asksRelief(node)) return undefined;
  const ratio = settledUtilization(node);
  const loads = planning
    .hot(node)
    .map(
      (resource) =>
        `${RESOURCE_WORDS[resource]} ${percent(ratio[resource])}, above ${percent(planning.policy[resource].high)}`,
    );
  const did = planning.steps.some((step) => step.from === node.name) ? 'would still stand' : 'stays';
  return `${node.name} ${did} at ${list(loads)}: ${reasons(planning, node, blocked)}.`;
}

function keptGuests(planning: Planning, node: PlacedNode, blocked: readonly Blocker[]): string | undefined {
  const kept = [...node.guests].filter(
    (guest) => (planning.input.profile === 'evacuate' || !leftToHa(guest)) && guest.guest.status === 'running',
  );
  if (kept.length === 0) return undefined;
  return `${node.name} is ${emptiedBy(node.assessed.node)} and keeps ${count(kept.length, 'guest')}: ${reasons(planning, node, blocked)}.`;
}

function reasons(planning: Planning, node: PlacedNode, blocked: readonly Blocker[]): string {
  if (node.guests.size === 0) return 'no guest runs on it, the load is its own';
  if (planning.cut) return `the plan is full at ${count(planning.policy.maxSteps, 'step')}, the next one goes on`;
  const here = new Set([...node.guests].map((guest) => guest.id));
  const numbers = new Map<BlockerCode, number>();
  for (const [guest, code] of firstCodes(blocked)) {
    if (here.has(guest)) numbers.set(code, (numbers.get(code) ?? 0) + 1);
  }
  const sorted = [...numbers].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const parts = sorted.map(([code, number]) => `${number} ${WORDS[code]}`);
  const come = [...node.guests].filter((guest) => guest.moved && guest.leaves === undefined).length;
  if (come > 0) parts.push(`${come} moved by this plan`);
  return `of its ${count(here.size, 'guest')} none can help${parts.length === 0 ? '' : ` (${list(parts)})`}`;
}
