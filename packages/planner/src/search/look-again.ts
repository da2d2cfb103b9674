import { type GuestId, type Migration, type MigrationReason, type NodeName, RESOURCES } from '@ballast/core';
import { above } from '../limits.ts';
import type { Bound, PlacedNode } from '../placement/placed.ts';
import { settledUtilization } from '../placement/placement.ts';
import { obstacle } from './obstacle.ts';
import { Planning } from './planning.ts';
import { utilizationWith } from './targets.ts';
import { tellAgain } from './tell-again.ts';
import { movable, type Unit, unitOf } from './unit.ts';

/** Guests times nodes up to which a plan that leaves a node hot is looked at again: it takes as long as the plan did. */
const MOST_PLACES = 30_000;

/** What is to be done whatever becomes of the rest. */
const FIRM: ReadonlySet<MigrationReason> = new Set(['mend-rule', 'maintenance', 'make-room']);

/** A guest that is to go, once and for all. */
interface Wish {
  readonly guest: GuestId;
  readonly to: NodeName;
  /** The step that took it from where it is. */
  readonly step: Migration;
}

/**
 * A guest moves once in a plan. Planning once more from where a plan ends may find something, though: guests that it moved
 * stay after all, or go elsewhere. This is a plan that gets there at once; nothing where nothing more is found, or where
 * its steps would hold in no order.
 *
 * @param passes plans, until nothing is added
 */
export function lookAgain(planning: Planning, passes: (planning: Planning) => void): Planning | undefined {
  const { input, placement, roomFirst, steps } = planning;
  const large = placement.guests.length * placement.nodes.length > MOST_PLACES;
  if (large || steps.length === 0 || planning.cut || input.effort?.expired?.() === true) return undefined;
  const further = new Planning(input, roomFirst);
  further.resume(steps);
  passes(further);
  if (further.steps.length === 0) return undefined;
  const again = new Planning(input, roomFirst);
  if (!carryOut(again, bundles(again, wishesOf([...steps, ...further.steps])))) return undefined;
  passes(again);
  return again;
}

/** Where each guest comes to stand that does not stay. */
function wishesOf(steps: readonly Migration[]): readonly Wish[] {
  const wishes = new Map<GuestId, Wish>();
  for (const step of steps) {
    wishes.set(step.guest, { guest: step.guest, to: step.to, step: wishes.get(step.guest)?.step ?? step });
  }
  return [...wishes.values()].filter(({ to, step }) => to !== step.from);
}

/** What has to move one behind the other, with nothing in between: what belongs on one node, or into one rack. */
function bundles({ rulebook }: Planning, wishes: readonly Wish[]): readonly (readonly Wish[])[] {
  const found = new Map<unknown, Wish[]>();
  for (const wish of wishes) {
    const near = wish.step.reason === 'mend-rule' ? rulebook.near.get(wish.guest)?.[0] : undefined;
    const key = rulebook.groups.get(wish.guest) ?? near ?? wish;
    const known = found.get(key);
    if (known === undefined) found.set(key, [wish]);
    else known.push(wish);
  }
  return [...found.values()];
}

/**
 * Carries out what has room, again and again; relief fills nodes up to `high`, and one of it up to the ceiling where nothing
 * has room otherwise. Tells whether all of it was.
 */
function carryOut(planning: Planning, all: readonly (readonly Wish[])[]): boolean {
  for (let open = all; open.length > 0; ) {
    let waiting = open.filter((bundle) => !carry(planning, bundle, 'high'));
    if (waiting.length === open.length) {
      const early = open.find((bundle) => carry(planning, bundle, 'ceiling'));
      if (early === undefined) return false;
      waiting = waiting.filter((bundle) => bundle !== early);
    }
    open = waiting;
  }
  return true;
}

/** Moves all of a bundle, or nothing. */
function carry(planning: Planning, bundle: readonly Wish[], bound: Bound): boolean {
  const start = planning.checkpoint();
  const carried = bundle.every((wish) => {
    const guest = planning.placement.guest(wish.guest);
    if (guest?.node.name === wish.to) return true;
    const whole = guest === undefined ? undefined : unitOf(planning, guest);
    const unit = whole === undefined ? undefined : together(whole, bundle, wish);
    return unit !== undefined && carryUnit(planning, unit, wish, bound);
  });
  if (!carried) planning.rollback(start);
  return carried;
}

/** The unit, where all of it goes the same way; else, of a group that is gathered, the guest alone. */
function together(unit: Unit, bundle: readonly Wish[], { guest, to, step }: Wish): Unit | undefined {
  const goes = (id: GuestId): boolean => bundle.some((other) => other.guest === id && other.to === to);
  if (unit.guests.every(({ id }) => goes(id))) return step.reason === 'mend-rule' ? { ...unit, apart: [] } : unit;
  if (step.reason !== 'mend-rule') return undefined;
  return { guests: unit.guests.filter(({ id }) => id === guest), node: unit.node, apart: [] };
}

function carryUnit(planning: Planning, unit: Unit, { to, step }: Wish, bound: Bound): boolean {
  const node = planning.placement.node(to);
  if (node === undefined || !movable(planning, unit, step.reason) || !planning.admits(unit.guests.length)) return false;
  const relieves = !FIRM.has(step.reason);
  if (relieves && !isNeeded(planning, unit.node, step)) return true;
  const most = relieves ? bound : 'ceiling';
  if (obstacle(planning, unit, node, step.reason, most) !== undefined) return false;
  const target = { node, after: utilizationWith(node, unit) };
  const { reason, resource, why, alternatives } = tellAgain(planning, unit, target, step, most);
  planning.commit(unit.guests, node, reason, resource, why, alternatives);
  return true;
}

/** Others may have left instead; and what is done once all else is done is found anew, but for what relieves a node, too. */
function isNeeded(planning: Planning, node: PlacedNode, { reason }: Migration): boolean {
  if (reason === 'even-out' || reason === 'pack') return planning.asksRelief(node);
  const ratio = settledUtilization(node);
  return RESOURCES.some((resource) => above(ratio[resource], planning.policy[resource].target));
}
