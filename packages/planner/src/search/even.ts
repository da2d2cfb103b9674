import { dominant } from '@ballast/core';
import { even } from '../engine/even.ts';
import { State } from '../engine/state.ts';
import { settledUtilization } from '../placement/placement.ts';
import { evenWhy } from '../text/why.ts';
import { carryOver } from './carry-over.ts';
import { compile } from './compile.ts';
import type { Planning } from './planning.ts';

/** Least gain of a step where the policy names none. */
const MIN_GAIN = 0.05;

/** Evens out how full the nodes are, with moves that each lower the fuller of their two nodes by `minEvenGain`. */
export function evenOut(planning: Planning): void {
  const open = planning.placement.nodes.filter((node) => node.takesGuests);
  const compiled = compile(planning, open, 'even-out');
  const index = new Map(compiled.nodes.map((node, n) => [node, n]));
  const { limit } = compiled.level('high');
  const state = new State(compiled.problem, limit);
  const order = even({
    state,
    sources: open.map((node) => index.get(node) ?? 0),
    floor: planning.policy.minEvenGain ?? MIN_GAIN,
    most: compiled.problem.items,
    expired: planning.input.effort?.expired ?? (() => false),
  });
  carryOver(
    planning,
    compiled,
    () => limit,
    order,
    state,
    (unit, target, others) => {
      const { resource } = dominant(settledUtilization(unit.node));
      return { reason: 'even-out', resource, why: evenWhy(unit, target, resource, others) };
    },
  );
}
