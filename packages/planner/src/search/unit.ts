import { type Blocker, dominant, type MigrationReason, type Ratio, utilization } from '@ballast/core';
import { coolDown } from '../assessment/rest.ts';
import { compareGuests } from '../placement/order.ts';
import type { PlacedGuest, PlacedNode } from '../placement/placed.ts';
import type { Group } from '../rules/rulebook.ts';
import { list, ruleName } from '../text/words.ts';
import type { Planning } from './planning.ts';

/** What moves together: a guest, or the members of its affinity group that share its node. */
export interface Unit {
  /** In the order of {@link compareGuests}. */
  readonly guests: readonly PlacedGuest[];
  readonly node: PlacedNode;
  readonly group?: Group;
  /** Members of the group that stand on other nodes. */
  readonly apart: readonly PlacedGuest[];
}

const NO_GUESTS: readonly PlacedGuest[] = [];

export function unitOf(planning: Planning, guest: PlacedGuest): Unit {
  const group = planning.rulebook.groups.get(guest.id);
  if (group === undefined) return { guests: [guest], node: guest.node, apart: NO_GUESTS };
  const members = group.guests.flatMap((id) => planning.placement.guest(id) ?? []).sort(compareGuests);
  return {
    guests: members.filter((member) => member.node === guest.node),
    node: guest.node,
    group,
    apart: members.filter((member) => member.node !== guest.node),
  };
}

/** The units of a node, in the order of {@link compareGuests} of their first guests. */
export function unitsOn(planning: Planning, node: PlacedNode): readonly Unit[] {
  const seen = new Set<PlacedGuest>();
  const units: Unit[] = [];
  for (const guest of [...node.guests].sort(compareGuests)) {
    if (seen.has(guest)) continue;
    const unit = unitOf(planning, guest);
    if (unit.guests.length > 1) for (const member of unit.guests) seen.add(member);
    units.push(unit);
  }
  return units;
}

/** What its guests take of its node, each of its fuller resource. */
export function shareOf({ guests, node }: Unit): Ratio {
  return guests.reduce((total, guest) => total + dominant(utilization(guest.loads.expected, node.capacity)).ratio, 0);
}

/**
 * Why a guest may not move for this reason, wherever it went. The rest after a move steadies the balance: a broken rule
 * waits for its shortest form alone, so that a plan is a fixed point, and a node in maintenance does not wait.
 */
export function blockersFor(planning: Planning, guest: PlacedGuest, reason: MigrationReason): readonly Blocker[] {
  const { blockers } = guest.assessed;
  if (blockers.length === 0 && reason !== 'maintenance') return blockers;
  const standing = rests(planning, guest, reason) ? blockers : blockers.filter(({ code }) => code !== 'cool-down');
  if (reason !== 'maintenance' || planning.input.profile === 'evacuate' || !leftToHa(guest)) return standing;
  const detail = `${guest.guest.name} is managed by HA, which takes it off ${guest.node.name} itself.`;
  return [...standing, { guest: guest.id, code: 'ha-state', detail }];
}

function rests({ policy, moves, now }: Planning, { id, guest }: PlacedGuest, reason: MigrationReason): boolean {
  if (reason !== 'mend-rule') return reason !== 'maintenance';
  return coolDown(moves.get(id) ?? [], guest.node, { ...policy, coolDownMax: policy.coolDown }, now) !== undefined;
}

/** The HA manager empties a node in maintenance of its own guests; of a node drained by order it knows nothing. */
export function leftToHa({ guest, node }: PlacedGuest): boolean {
  return guest.haState !== undefined && guest.haState !== 'ignored' && node.assessed.node.drained !== true;
}

export function movable(planning: Planning, unit: Unit, reason: MigrationReason): boolean {
  return unit.guests.every((guest) => !guest.moved && blockersFor(planning, guest, reason).length === 0);
}

/** What keeps a guest where it is because it belongs with others that may not move. */
export function heldByGroup(
  planning: Planning,
  unit: Unit,
  guest: PlacedGuest,
  reason: MigrationReason,
): Blocker | undefined {
  for (const other of unit.guests) {
    if (other === guest) continue;
    const [blocker] = blockersFor(planning, other, reason);
    if (blocker === undefined) continue;
    const rule = list(unit.group?.sources.map(ruleName) ?? []);
    const detail = `${guest.guest.name} belongs with ${other.guest.name} (${rule}), which may not move: ${blocker.detail}`;
    return { guest: guest.id, code: 'affinity', detail };
  }
  return undefined;
}
