import { dominant, type Migration, type MigrationReason } from '@ballast/core';
import type { Bound, PlacedGuest } from '../placement/placed.ts';
import {
  apartWhy,
  gatherWhy,
  giveWayWhy,
  maintenanceWhy,
  makeRoomWhy,
  nearWhy,
  pinWhy,
  reliefWhy,
  targetSentence,
} from '../text/why.ts';
import type { Alternatives } from './alternatives.ts';
import { crowded, offPin, scattered } from './broken.ts';
import type { Telling } from './carry-over.ts';
import { dispersed } from './near.ts';
import { obstacle } from './obstacle.ts';
import type { Planning } from './planning.ts';
import { hottest, reasonFor } from './relieve.ts';
import { fullnessWith, type Target } from './targets.ts';
import type { Unit } from './unit.ts';

interface Again {
  readonly reason: MigrationReason;
  /** Names of guests that come to where the unit is. */
  readonly arriving: readonly string[];
  readonly bound: Bound;
}

/** What there is to be told of a step that is made elsewhere in a plan, or to another node, than it was first. */
export function tellAgain(
  planning: Planning,
  unit: Unit,
  target: Target,
  { reason, arriving, bound }: Again,
): Telling & Pick<Migration, 'alternatives'> {
  const { resource } = dominant(target.after);
  if (reason === 'mend-rule') return { reason, resource, why: mendWhy(planning, unit, target) };
  if (reason === 'maintenance') return { reason, resource, why: maintenanceWhy(planning, unit, target) };
  const others = alternativesTo(planning, unit, target, bound);
  if (reason === 'make-room') {
    const why = [giveWayWhy(planning, unit, target, arriving)[0] ?? '', ...makeRoomWhy(unit, target, others).slice(1)];
    return { reason, resource, why, alternatives: others.list };
  }
  const scarce = hottest(planning, unit.node);
  const why = reliefWhy(planning, unit, target, scarce, others);
  return { reason: reasonFor(scarce), resource: scarce, why, alternatives: others.list };
}

/** The rule that is broken where the unit is, and where it goes. */
function mendWhy(planning: Planning, unit: Unit, target: Target): readonly string[] {
  const [guest] = unit.guests;
  const broken = guest === undefined ? undefined : brokenBy(planning, guest, target);
  const room = targetSentence(planning, unit, target, 'mend-rule');
  return broken === undefined ? [room] : [broken, room];
}

function brokenBy(planning: Planning, guest: PlacedGuest, { node }: Target): string | undefined {
  const { groups, near, apart } = planning.rulebook;
  const group = groups.get(guest.id);
  const members = group === undefined ? [] : scattered(planning, group);
  if (group !== undefined && members.length > 0) return gatherWhy(members, group, node)[0];
  if (offPin(planning, guest)) return pinWhy(planning, guest);
  for (const rule of near.get(guest.id) ?? []) {
    const strewn = dispersed(planning, rule);
    if (strewn.length > 0) return nearWhy(strewn, rule);
  }
  for (const rule of apart.get(guest.id) ?? []) {
    const sharing = crowded(planning, rule).find((guests) => guests.includes(guest));
    if (sharing !== undefined) return apartWhy(rule, sharing);
  }
  return undefined;
}

/** Other nodes that are named beside the one a step goes to. */
const NAMED = 3;

function alternativesTo(planning: Planning, unit: Unit, { node }: Target, bound: Bound): Alternatives {
  const score = (to: Target['node']) => ({ node: to.name, fullness: fullnessWith(planning, to, unit) });
  const open = planning.placement.nodes.filter(
    (to) => to !== unit.node && to !== node && obstacle(planning, unit, to, 'make-room', bound) === undefined,
  );
  const chosen = score(node);
  const others = open.map(score).sort((a, b) => a.fullness - b.fullness);
  return {
    count: open.length + 1,
    best: others.every(({ fullness }) => chosen.fullness <= fullness + 1e-9),
    list: [chosen, ...others.slice(0, NAMED)],
  };
}
