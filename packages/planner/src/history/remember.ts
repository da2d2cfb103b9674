import {
  addUsage,
  type BalancePolicy,
  begunAt,
  type ClusterSnapshot,
  type Cores,
  type Guest,
  type GuestHistory,
  type GuestId,
  type History,
  NO_USAGE,
  type Node,
  type NodeHistory,
  type NodeName,
  type Ratio,
  RESOURCES,
  type Usage,
  type Utilization,
  utilization,
} from '@ballast/core';
import { above, amount, amounts } from '../limits.ts';
import { entryOf } from '../records.ts';
import { rememberTraffic } from './traffic.ts';

const WEEK = 7 * 24 * 3_600_000;

/**
 * Folds a snapshot into the history: loads are smoothed exponentially, rounds above `high` are counted. After `sustain`
 * of them a node's load is taken as it is.
 *
 * A guest that moved, stopped or vanished takes its smoothed load along at once, from its old node and to its new
 * one. Without that, a node that was just relieved would go on looking hot for as long as the smoothing remembers,
 * and be relieved a second time.
 */
export function remember(history: History, snapshot: ClusterSnapshot, policy: BalancePolicy): History {
  const running = snapshot.guests.filter((guest) => guest.status === 'running' && !guest.template);
  const shifts = shiftedLoads(history, running);
  const guests: Record<GuestId, GuestHistory> = {};
  for (const guest of running) {
    const past = history.guests[guest.id];
    const network = rememberTraffic(past, guest, snapshot.takenAt, policy);
    const folded = rememberGuest(past, guest, policy);
    guests[guest.id] = network === undefined ? folded : { ...folded, network };
  }
  const together = coresByNode(guests);
  const nodes = snapshot.nodes
    .filter((node) => node.status === 'online')
    .map((node): readonly [NodeName, NodeHistory] => {
      const told = { shift: shifts.get(node.name), together: together.get(node.name) ?? 0 };
      return [node.name, rememberNode(entryOf(history.nodes, node.name), node, told, policy)];
    });
  const moves = history.moves
    .filter((move) => (move.endedAt ?? move.startedAt) > snapshot.takenAt - WEEK)
    .toSorted((a, b) => begunAt(a) - begunAt(b));
  return { ...history, nodes: Object.fromEntries(nodes), guests, moves };
}

interface Shift {
  readonly left: Usage;
  readonly came: Usage;
}

/** Smoothed load that left each node, or came to it, since the last snapshot. */
function shiftedLoads(history: History, running: readonly Guest[]): ReadonlyMap<NodeName, Shift> {
  const shifts = new Map<NodeName, Shift>();
  const known = Object.entries(history.guests);
  if (known.length === 0) return shifts;
  const placed = new Map<GuestId, NodeName>();
  for (const { id, node } of running) placed.set(id, node);
  const shiftOf = (node: NodeName): Shift => shifts.get(node) ?? { left: NO_USAGE, came: NO_USAGE };
  for (const [id, { node, smoothed }] of known) {
    const now = placed.get(Number(id));
    if (now === node) continue;
    shifts.set(node, { ...shiftOf(node), left: addUsage(shiftOf(node).left, smoothed) });
    if (now !== undefined) shifts.set(now, { ...shiftOf(now), came: addUsage(shiftOf(now).came, smoothed) });
  }
  return shifts;
}

/** What the guests of each node take together. */
function coresByNode(guests: Readonly<Record<GuestId, GuestHistory>>): ReadonlyMap<NodeName, Cores> {
  const cores = new Map<NodeName, Cores>();
  for (const { node, smoothed } of Object.values(guests)) cores.set(node, (cores.get(node) ?? 0) + smoothed.cpu);
  return cores;
}

/** What a node's guests tell of it, beside its own figures. */
interface Told {
  readonly shift: Shift | undefined;
  readonly together: Cores;
}

function rememberNode(
  past: NodeHistory | undefined,
  node: Node,
  { shift, together }: Told,
  policy: BalancePolicy,
): NodeHistory {
  const now = utilization(amounts(node.usage), node.capacity);
  const base = past === undefined ? now : shifted(past.smoothed, node, shift);
  const blended = smooth(base, now, policy.smoothing);
  // A node's figures are up to ten seconds older than the list of its guests: what has just come is not in them yet, nor
  // that it takes more than it did elsewhere. (Memory may be shared by guests: of it their sum says nothing.)
  const least = { cpu: utilization({ cpu: together, memory: 0 }, node.capacity).cpu, memory: 0 };
  const smoothed = shift === undefined || shift.came === NO_USAGE ? blended : most(most(base, least), blended);
  // The tail of a spike is no load: once the newest sample is down at `target`, the round does not count.
  const hot = RESOURCES.some(
    (resource) =>
      above(Math.max(smoothed[resource], now[resource]), policy[resource].high) &&
      above(now[resource], policy[resource].target),
  );
  const roundsOver = hot ? (past?.roundsOver ?? 0) + 1 : 0;
  // Smoothing is there to keep noise out. A load that has lasted is none, and waiting for the average would only
  // leave the node hot for longer.
  return { smoothed: roundsOver >= policy.sustain ? most(smoothed, now) : smoothed, roundsOver };
}

function shifted(smoothed: Utilization, node: Node, shift: Shift | undefined): Utilization {
  if (shift === undefined) return smoothed;
  const left = utilization(shift.left, node.capacity);
  const came = utilization(shift.came, node.capacity);
  return {
    cpu: amount(smoothed.cpu - left.cpu + came.cpu),
    memory: amount(smoothed.memory - left.memory + came.memory),
  };
}

function rememberGuest(past: GuestHistory | undefined, guest: Guest, policy: BalancePolicy): GuestHistory {
  const now = amounts(guest.usage);
  if (past === undefined) return { smoothed: now, samples: 1, node: guest.node };
  const hasMoved = past.node !== guest.node;
  const blended = smooth(past.smoothed, now, policy.smoothing);
  // Proxmox VE's counters start anew on the new node and read low: of the first two samples there a rise alone is believed.
  const smoothed = hasMoved || past.samples === 0 ? most(past.smoothed, blended) : blended;
  return { smoothed, samples: hasMoved ? 0 : past.samples + 1, node: guest.node };
}

function most(a: Usage, b: Usage): Usage {
  return { cpu: Math.max(a.cpu, b.cpu), memory: Math.max(a.memory, b.memory) };
}

function smooth(past: Usage, now: Usage, share: Ratio): Usage {
  return {
    cpu: (1 - share) * past.cpu + share * now.cpu,
    memory: (1 - share) * past.memory + share * now.memory,
  };
}
