import type { GuestId, NodeName, Notice } from '@ballast/core';
import { itemsByNode } from '../engine/even.ts';
import { homeless } from '../engine/failover.ts';
import { State } from '../engine/state.ts';
import { compareNames } from '../limits.ts';
import { byId } from '../placement/order.ts';
import type { PlacedGuest, PlacedNode } from '../placement/placed.ts';
import { count, list } from '../text/words.ts';
import { compile } from './compile.ts';
import type { Planning } from './planning.ts';
import { leftToHa } from './unit.ts';

/** Guests of the HA manager that would find no place if their node failed, by node. */
type Lost = ReadonlyMap<NodeName, readonly PlacedGuest[]>;

/**
 * What would be lost with each node, as guests stand now: of its HA guests, the largest first, each goes to the node with
 * most room, below the ceilings and where rules let it. Other guests are not started elsewhere.
 */
function lostWithout(planning: Planning): Lost {
  const lost = new Map<NodeName, readonly PlacedGuest[]>();
  const { nodes, guests } = planning.placement;
  const online = nodes.filter(({ assessed: { node } }) => node.status === 'online' && !node.maintenance);
  if (!guests.some(leftToHa)) return lost;
  const { problem, units, level, nodes: all } = compile(planning, online, 'maintenance');
  const state = new State(problem, level('ceiling').limit);
  const items = itemsByNode(state);
  for (const [n, node] of all.entries()) {
    const restarted = (items[n] ?? []).filter((item) => units[item]?.guests.some(leftToHa) ?? false);
    const left = homeless(state, restarted, problem.capacity).flatMap((item) => units[item]?.guests ?? []);
    const managed = left.filter(leftToHa);
    if (managed.length > 0) lost.set(node.name, managed);
  }
  return lost;
}

/** Whether some node's failure would leave more HA guests without a place once these guests are on the node. */
export function weakens(planning: Planning, guests: readonly PlacedGuest[], to: PlacedNode): boolean {
  if (planning.policy.reserve !== 'enforce') return false;
  const before = lostWithout(planning);
  const moved = guests.map((guest) => guest.moved);
  const back = guests.map((guest) => planning.placement.move(guest, to));
  const after = lostWithout(planning);
  for (const undo of back.toReversed()) undo();
  for (const [i, guest] of guests.entries()) guest.moved = moved[i] ?? false;
  return [...after].some(([node, lost]) => lost.length > (before.get(node)?.length ?? 0));
}

/** Says which HA guests would find no place if their node failed, once the plan was carried out. */
export function reserveNotice(planning: Planning): readonly Notice[] {
  if ((planning.policy.reserve ?? 'off') === 'off') return [];
  const lost = lostWithout(planning);
  if (lost.size === 0) return [];
  const guests = [...lost.values()].flat().sort(byId);
  const nodes = [...lost.keys()].sort(compareNames);
  const ids: readonly GuestId[] = guests.map(({ id }) => id);
  const would = nodes.length === 1 ? `If ${nodes[0]} failed` : `If one of ${list(nodes)} failed`;
  const names = list(guests.map(({ guest }) => guest.name));
  const detail = `${would}, ${count(guests.length, 'HA guest')} would find no room on the other nodes: ${names}.`;
  return [{ code: 'reserve', nodes, guests: ids, detail }];
}
