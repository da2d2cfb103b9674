import { dominant, type Notice } from '@ballast/core';
import { pack } from '../engine/pack.ts';
import { State } from '../engine/state.ts';
import { byName } from '../placement/order.ts';
import type { PlacedNode } from '../placement/placed.ts';
import { settledUtilization } from '../placement/placement.ts';
import { packWhy } from '../text/why.ts';
import { count, list } from '../text/words.ts';
import { carryOver } from './carry-over.ts';
import { compile } from './compile.ts';
import type { Planning } from './planning.ts';
import { movable, unitsOn } from './unit.ts';

/** Empties as many nodes as leave the others at most at `target`, with room for the guests of any one that fails. */
export function packNodes(planning: Planning): void {
  const open = planning.placement.nodes.filter((node) => node.takesGuests);
  const compiled = compile(planning, open, 'pack');
  const index = new Map(compiled.nodes.map((node, n) => [node, n]));
  const numbers = (nodes: readonly PlacedNode[]): readonly number[] => nodes.map((node) => index.get(node) ?? 0);
  const { limit } = compiled.level('target');
  const state = new State(compiled.problem, limit);
  const used = open.filter((node) => node.guests.size > 0);
  const { moved } = pack({
    state,
    candidates: numbers(candidates(planning, used)),
    used: new Set(numbers(used)),
    ceiling: compiled.level('ceiling').limit,
    expired: planning.input.effort?.expired ?? (() => false),
  });
  carryOver(
    planning,
    compiled,
    () => limit,
    moved,
    state,
    (unit, target) => {
      const { resource } = dominant(target.after);
      return { reason: 'pack', resource, why: packWhy(unit, target) };
    },
  );
}

/** Nodes of which every guest may move, the emptiest first. */
function candidates(planning: Planning, used: readonly PlacedNode[]): readonly PlacedNode[] {
  const share = new Map(used.map((node) => [node, dominant(settledUtilization(node)).ratio]));
  return used
    .filter((node) => unitsOn(planning, node).every((unit) => movable(planning, unit, 'pack')))
    .sort((a, b) => (share.get(a) ?? 0) - (share.get(b) ?? 0));
}

/** Names the nodes that the plan empties. */
export function emptiedNotice(planning: Planning): readonly Notice[] {
  const packed = new Set(planning.steps.filter((step) => step.reason === 'pack').map((step) => step.from));
  const { nodes } = planning.placement;
  const emptied = nodes
    .filter((node) => packed.has(node.name) && node.guests.size === 0)
    .sort(byName)
    .map((node) => node.name);
  if (emptied.length === 0) return [];
  const kept = nodes.filter((node) => node.guests.size > 0 && node.takesGuests).length;
  const are =
    emptied.length === 1
      ? 'runs no guest after this plan and could be switched off'
      : 'run no guest after this plan and could be switched off';
  return [
    {
      code: 'emptied',
      nodes: emptied,
      guests: [],
      detail: `${list(emptied)} ${are}: any one of the ${count(kept, 'node')} left may fail.`,
    },
  ];
}
