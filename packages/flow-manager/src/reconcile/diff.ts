import {
  type Body,
  flowMod,
  groupMod,
  OFPFC_ADD,
  OFPFC_DELETE_STRICT,
  OFPFC_MODIFY_STRICT,
  OFPGC_ADD,
  OFPGC_DELETE,
  OFPGC_MODIFY,
  type Version,
} from '@ballast/openflow';
import { DatapathError } from '../datapath/errors.ts';
import { COOKIE_MARK, COOKIE_MASK, type DesiredState, isOurGroup } from '../desired.ts';
import { byUse } from './order.ts';
import type { Present } from './present.ts';
import {
  type FlowRow,
  type GroupRow,
  placeOfGroup,
  presentFlow,
  presentGroup,
  wantedFlow,
  wantedGroup,
} from './rows.ts';

/** One step towards what is wanted. */
export interface Change {
  readonly kind: 'flow' | 'group';
  readonly verb: 'add' | 'change' | 'remove';
  /** `flow table=0,priority=9,...` or `group 0xba110001`: the same word in reports and errors. */
  readonly name: string;
  readonly body: Body;
}

const COOKIE_ALL = 0xffff_ffff_ffff_ffffn;

/**
 * The least change from `present` to `desired`, in an order that holds at each step: groups before what uses them,
 * flows, then the groups that nothing uses any more. Empty when nothing is to be done. Pure.
 * @throws {DatapathError} a wanted row is not marked as Ballast's, stands there twice, or cannot be said in the version
 */
export function diff(desired: DesiredState, present: Present, version: Version): readonly Change[] {
  const groups = unique(desired.groups.map((group) => marked(wantedGroup(group, version))));
  const flows = unique(desired.flows.map((flow) => wantedFlow(flow, version)).map(withCookie));
  const presentGroups = new Map(present.groups.map((group) => [placeOfGroup(group), presentGroup(group, version)]));
  const presentFlows = new Map(present.flows.map(presentFlow).map((row) => [row.place, row]));
  const missing = [...groups.values()].filter(({ place }) => !presentGroups.has(place));
  const stale = [...groups.values()].filter(
    (row) => (presentGroups.get(row.place)?.content ?? row.content) !== row.content,
  );
  const unwanted = [...presentGroups.values()].filter(({ place }) => !groups.has(place));
  return [
    ...byUse(missing).map((row) => groupChange('add', row)),
    ...byUse(stale).map((row) => groupChange('change', row)),
    ...[...flows.values()].flatMap((row) => flowChange(row, presentFlows.get(row.place))),
    ...[...presentFlows.values()].filter(({ place }) => !flows.has(place)).map(flowRemoval),
    ...byUse(unwanted)
      .toReversed()
      .map((row) => groupChange('remove', row)),
  ];
}

/** A changed action keeps the flow and its counters; a changed cookie, time-out or flag needs a flow in its place. */
function flowChange(row: FlowRow, present: FlowRow | undefined): readonly Change[] {
  const name = `flow ${row.place}`;
  if (present === undefined) return [{ kind: 'flow', verb: 'add', name, body: { ...row.flow, command: OFPFC_ADD } }];
  if (present.settings !== row.settings) {
    return [{ kind: 'flow', verb: 'change', name, body: { ...row.flow, command: OFPFC_ADD } }];
  }
  if (present.instructions === row.instructions) return [];
  return [{ kind: 'flow', verb: 'change', name, body: { ...row.flow, command: OFPFC_MODIFY_STRICT } }];
}

/** By place and cookie: a foreign flow that took the place meanwhile stays. */
function flowRemoval({ place, flow }: FlowRow): Change {
  const { tableId, priority, match, cookie } = flow;
  const body = flowMod({ command: OFPFC_DELETE_STRICT, tableId, priority, match, cookie, cookieMask: COOKIE_ALL });
  return { kind: 'flow', verb: 'remove', name: `flow ${place}`, body };
}

function groupChange(verb: Change['verb'], { place, groupId, group }: GroupRow): Change {
  const command = verb === 'add' ? OFPGC_ADD : OFPGC_MODIFY;
  // Always the whole group: Open vSwitch 3.1.0 spoils a group whose buckets are inserted one by one.
  const body = verb === 'remove' ? groupMod({ groupId, command: OFPGC_DELETE }) : groupMod({ ...group, command });
  return { kind: 'group', verb, name: place, body };
}

function unique<R extends { readonly place: string }>(rows: readonly R[]): ReadonlyMap<string, R> {
  const byPlace = new Map<string, R>();
  for (const row of rows) {
    if (byPlace.has(row.place)) {
      throw new DatapathError('desired-ambiguous', `Expected one row for each place, got two for ${row.place}.`, {
        hint: 'Two services want the same packets: give them different addresses or ports.',
      });
    }
    byPlace.set(row.place, row);
  }
  return byPlace;
}

function marked(row: GroupRow): GroupRow {
  if (isOurGroup(row.groupId)) return row;
  throw new DatapathError('desired-unmarked', `Expected an id of Ballast's range (0xba11....) for ${row.place}.`);
}

function withCookie(row: FlowRow): FlowRow {
  if ((row.flow.cookie & COOKIE_MASK) === COOKIE_MARK) return row;
  throw new DatapathError(
    'desired-unmarked',
    `Expected Ballast's mark (0xba11...) in the cookie of flow ${row.place}.`,
  );
}
