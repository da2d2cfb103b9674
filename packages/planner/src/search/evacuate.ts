import { dominant, type Random, seededRandom } from '@ballast/core';
import { shuffled } from '../engine/search.ts';
import type { Bound } from '../placement/placed.ts';
import { maintenanceWhy } from '../text/why.ts';
import { giveWay, LOOKS_TO_GIVE_WAY, roomiestFirst } from './give-way.ts';
import { obstacle } from './obstacle.ts';
import type { Planning } from './planning.ts';
import { countTargets, type Fit, firstTarget, mayFindRoom, utilizationWith } from './targets.ts';
import { movable, shareOf, type Unit, unitsOn } from './unit.ts';

const BOUNDS: readonly Bound[] = ['target', 'high', 'ceiling'];
/** Ways by chance that are tried where guests stay behind, of each kind. */
const MOST_WAYS = 60;
/** Looks at a node that all ways of a kind may take: some tenths of a second. */
const MOST_LOOKS = 100_000;

/** An order of what leaves, where it goes, and whether guests of other nodes give way to it. */
interface Way {
  readonly units: readonly Unit[];
  readonly fit: Fit;
  readonly yields: boolean;
}

/**
 * Moves guests off the nodes in maintenance, the largest first: small ones still find room where large ones do not. Where
 * some stay behind that could have gone, it is begun anew in other ways, in the end with guests of other nodes that give way
 * to them, and the first that leaves the fewest is taken.
 */
export function evacuateNodes(planning: Planning): void {
  const units = leavingUnits(planning);
  const start = planning.checkpoint();
  const first: Way = { units, fit: 'roomiest', yields: false };
  let [best, least] = [first, carryOut(planning, first)];
  const each = units.length * planning.placement.nodes.length;
  if (least === 0 || planning.cut || each > MOST_LOOKS) return;
  planning.rollback(start);
  const able = units.filter((unit) => mayFindRoom(planning, unit, 'maintenance'));
  const lost = guestsOf(units) - guestsOf(able);
  for (const yields of [false, true]) {
    let looks = 0;
    for (const way of otherWays(planning, able, yields)) {
      if (least === lost || looks > MOST_LOOKS || planning.input.effort?.expired?.() === true) break;
      const left = lost + carryOut(planning, way);
      looks += each + (yields ? left * LOOKS_TO_GIVE_WAY : 0);
      planning.rollback(start);
      if (left < least) [best, least] = [way, left];
    }
  }
  carryOut(planning, best);
}

/** What may leave the nodes, node by node, the largest first. */
function leavingUnits(planning: Planning): readonly Unit[] {
  return planning.placement.nodes
    .filter((node) => planning.empties(node))
    .flatMap((node) =>
      unitsOn(planning, node)
        .filter((unit) => movable(planning, unit, 'maintenance'))
        .map((unit) => ({ unit, share: shareOf(unit) }))
        .sort((a, b) => b.share - a.share)
        .map(({ unit }) => unit),
    );
}

/** Those with the fewest targets first, then the largest of all nodes, and orders by chance; into tight places, or where there is most room. */
function* otherWays(planning: Planning, units: readonly Unit[], yields: boolean): Generator<Way> {
  const random = seededRandom(planning.input.effort?.seed ?? 1);
  const targets = new Map(units.map((unit) => [unit, countTargets(planning, unit, 'maintenance', 'ceiling')]));
  const bySize = units.toSorted((a, b) => shareOf(b) - shareOf(a));
  const byTargets = bySize.toSorted((a, b) => (targets.get(a) ?? 0) - (targets.get(b) ?? 0));
  for (const order of [byTargets, bySize])
    for (const fit of ['tightest', 'roomiest'] as const) yield { units: order, fit, yields };
  for (let i = 0; i < MOST_WAYS; i++) {
    const order = i % 2 === 0 ? nearly(bySize, random) : shuffled(units, random);
    yield { units: order, fit: random() < 0.5 ? 'tightest' : 'roomiest', yields };
  }
}

/** Mostly the largest first. */
function nearly(units: readonly Unit[], random: Random): readonly Unit[] {
  const keys = new Map(units.map((unit) => [unit, shareOf(unit) * (0.5 + random())]));
  return units.toSorted((a, b) => (keys.get(b) ?? 0) - (keys.get(a) ?? 0));
}

/** Guests that stay behind. */
function carryOut(planning: Planning, { units, fit, yields }: Way): number {
  return guestsOf(units.filter((unit) => !evacuate(planning, unit, fit) && !(yields && squeezeIn(planning, unit))));
}

function evacuate(planning: Planning, unit: Unit, fit: Fit): boolean {
  if (!planning.admits(unit.guests.length)) return false;
  // A part of a split group goes to another part of it, as a mend would; if that cannot be, to any node.
  const target =
    firstTarget(planning, unit, 'mend-rule', BOUNDS, { fit }) ??
    firstTarget(planning, unit, 'maintenance', BOUNDS, { fit });
  if (target === undefined) return false;
  const why = maintenanceWhy(planning, unit, target);
  planning.commit(unit.guests, target.node, 'maintenance', dominant(target.after).resource, why);
  return true;
}

/** Brings a unit to where guests of other nodes give way to it. */
function squeezeIn(planning: Planning, unit: Unit): boolean {
  return giveWay(planning, unit, roomiestFirst(planning, unit), (node) => {
    if (obstacle(planning, unit, node, 'maintenance', 'ceiling') !== undefined) return false;
    const target = { node, after: utilizationWith(node, unit) };
    const why = maintenanceWhy(planning, unit, target);
    planning.commit(unit.guests, node, 'maintenance', dominant(target.after).resource, why);
    return true;
  });
}

function guestsOf(units: readonly Unit[]): number {
  return units.reduce((sum, unit) => sum + unit.guests.length, 0);
}
