import { type GuestId, type Migration, type MigrationReason, type NodeName, RESOURCES } from '@ballast/core';
import { above } from '../limits.ts';
import type { Bound } from '../placement/placed.ts';
import { settledUtilization } from '../placement/placement.ts';
import { scattered } from './broken.ts';
import { dispersed } from './near.ts';
import { obstacle } from './obstacle.ts';
import { Planning } from './planning.ts';
import { utilizationWith } from './targets.ts';
import { tellAgain } from './tell-again.ts';
import { movable, type Unit, unitOf } from './unit.ts';

/** Guests times nodes up to which a plan that leaves a node hot is looked at again: it takes as long as the plan did. */
const MOST_PLACES = 30_000;

/** A guest that is to go, once and for all. */
interface Wish {
  readonly guest: GuestId;
  readonly to: NodeName;
  /** The step that took it from where it is. */
  readonly step: Migration;
  /** Steps of guests that come to where it is. */
  readonly arriving: readonly Migration[];
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
  if (further.steps.length === 0 || input.effort?.expired?.() === true) return undefined;
  const again = new Planning(input, roomFirst);
  const wishes = wishesOf([...steps, ...further.steps]);
  if (!carryOut(again, bundles(again, wishes)) || !wishes.every((wish) => isFilled(again, wish))) return undefined;
  passes(again);
  return again;
}

/** Where each guest comes to stand that does not stay, in the order of their steps, but for those that make room. */
function wishesOf(steps: readonly Migration[]): readonly Wish[] {
  const ways = new Map<GuestId, { readonly to: NodeName; readonly step: Migration }>();
  for (const step of steps) ways.set(step.guest, { to: step.to, step: ways.get(step.guest)?.step ?? step });
  const going = [...ways].filter(([, { to, step }]) => to !== step.from);
  const wishes = going.map(([guest, { to, step }]): Wish => {
    const arriving = going.filter(([, other]) => other.to === step.from).map(([, other]) => other.step);
    return { guest, to, step, arriving };
  });
  // Room is made before it is taken.
  const first = ({ step }: Wish): number => (step.reason === 'make-room' ? 0 : 1);
  return wishes.sort((a, b) => first(a) - first(b));
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

/** Moves all of a bundle, or nothing. What nothing needs any more counts as moved. */
function carry(planning: Planning, bundle: readonly Wish[], bound: Bound): boolean {
  if (!bundle.some((wish) => isNeeded(planning, wish))) return true;
  const start = planning.checkpoint();
  const mends = bundle.some(({ step }) => step.reason === 'mend-rule');
  const carried = bundle.every((wish) => {
    const guest = planning.placement.guest(wish.guest);
    if (guest?.node.name === wish.to) return true;
    const unit = guest === undefined ? undefined : together(unitOf(planning, guest), bundle, wish, mends);
    return unit !== undefined && carryUnit(planning, unit, wish, mends ? 'mend-rule' : wish.step.reason, bound);
  });
  const whole = carried && (!mends || bundle.every(({ guest }) => isWhole(planning, guest)));
  if (!whole) planning.rollback(start);
  return whole;
}

/** The unit, where all of it goes the same way; else, of a group that is gathered, the guest alone. */
function together(unit: Unit, bundle: readonly Wish[], { guest, to }: Wish, mends: boolean): Unit | undefined {
  const goes = (id: GuestId): boolean => bundle.some((other) => other.guest === id && other.to === to);
  if (unit.guests.every(({ id }) => goes(id))) return mends ? { ...unit, apart: [] } : unit;
  if (!mends) return undefined;
  return { guests: unit.guests.filter(({ id }) => id === guest), node: unit.node, apart: [] };
}

/** Whether what belongs on one node, or in one rack, with the guest is there. */
function isWhole(planning: Planning, guest: GuestId): boolean {
  const { groups, near } = planning.rulebook;
  const group = groups.get(guest);
  if (group !== undefined && scattered(planning, group).length > 0) return false;
  return (near.get(guest) ?? []).every((rule) => dispersed(planning, rule).length === 0);
}

function carryUnit(planning: Planning, unit: Unit, wish: Wish, reason: MigrationReason, bound: Bound): boolean {
  const node = planning.placement.node(wish.to);
  if (node === undefined || !movable(planning, unit, reason) || !planning.admits(unit.guests.length)) return false;
  const most = FIRM.has(reason) ? 'ceiling' : bound;
  if (obstacle(planning, unit, node, reason, most) !== undefined) return false;
  const target = { node, after: utilizationWith(node, unit) };
  const told = tellAgain(planning, unit, target, { reason, arriving: stillComing(planning, wish), bound: most });
  planning.commit(unit.guests, node, told.reason, told.resource, told.why, told.alternatives);
  return true;
}

/** What is to be done whatever becomes of the rest; it may fill nodes up to the ceiling. */
const FIRM: ReadonlySet<MigrationReason> = new Set(['mend-rule', 'maintenance', 'make-room']);

/** Others may have left instead; and what is done once all else is done is found anew, but for what relieves a node, too. */
function isNeeded(planning: Planning, wish: Wish): boolean {
  const { step } = wish;
  const node = planning.placement.node(step.from);
  if (step.reason === 'make-room') return stillComing(planning, wish).length > 0;
  if (FIRM.has(step.reason) || node === undefined) return true;
  if (step.reason === 'even-out' || step.reason === 'pack') return planning.asksRelief(node);
  const ratio = settledUtilization(node);
  return RESOURCES.some((resource) => above(ratio[resource], planning.policy[resource].target));
}

/** Whether all came for whom room was to be made. */
function isFilled({ placement }: Planning, { step, arriving }: Wish): boolean {
  return step.reason !== 'make-room' || arriving.every(({ guest }) => placement.guest(guest)?.node.name === step.from);
}

/** Names of guests that are yet to come to where the guest is. */
function stillComing({ placement }: Planning, { arriving }: Wish): readonly string[] {
  return arriving.filter(({ guest }) => placement.guest(guest)?.moved === false).map(({ guestName }) => guestName);
}
