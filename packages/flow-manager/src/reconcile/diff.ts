import type { Version } from '@ballast/openflow';
import { DatapathError } from '../datapath/errors.ts';
import { COOKIE_MARK, COOKIE_MASK, type DesiredState, isOurGroup } from '../desired.ts';
import {
  addFlow,
  addGroup,
  type Change,
  changeFlow,
  changeGroup,
  removeFlow,
  removeGroup,
  replaceFlow,
} from './changes.ts';
import { OncePerVersion } from './once.ts';
import { byUse } from './order.ts';
import type { Present } from './present.ts';
import { type FlowRow, type GroupRow, presentFlow, presentGroup, sameGroup, wantedFlow, wantedGroup } from './rows.ts';

export type { Change } from './changes.ts';

/** What a switch has, or is to have, by place. */
export interface Rows {
  readonly flows: ReadonlyMap<string, FlowRow>;
  readonly groups: ReadonlyMap<string, GroupRow>;
  /** What they were made of, where they are wanted. */
  readonly desired?: DesiredState;
}

/**
 * The least change from `present` to `desired`, in an order that holds at each step: groups before what uses them,
 * flows, then the groups that nothing uses any more. Empty when nothing is to be done. Pure.
 * @throws {DatapathError} a wanted row is not marked as Ballast's, stands there twice, or cannot be said in the version
 */
export function diff(desired: DesiredState, present: Present, version: Version): readonly Change[] {
  return difference(wantedRows(desired, version), presentRows(present, version));
}

/** The same of rows, however it is known that the switch has them. */
export function difference(wanted: Rows, present: Rows): readonly Change[] {
  const missing = lacking(wanted.groups, present.groups);
  const stale = [...wanted.groups.values()].filter((row) => {
    const has = present.groups.get(row.place);
    return has !== undefined && !sameGroup(row, has);
  });
  return [
    ...byUse(missing).map(addGroup),
    ...byUse(stale).map(changeGroup),
    ...(wanted.flows === present.flows ? [] : flowChanges(wanted.flows, present.flows)),
    ...byUse(lacking(present.groups, wanted.groups)).toReversed().map(removeGroup),
  ];
}

function flowChanges(wanted: Rows['flows'], present: Rows['flows']): readonly Change[] {
  const changes: Change[] = [];
  for (const row of wanted.values()) {
    const change = flowChange(row, present.get(row.place));
    if (change !== undefined) changes.push(change);
  }
  changes.push(...lacking(present, wanted).map(removeFlow));
  return changes;
}

const rowsOf = new OncePerVersion<DesiredState, Rows>();

/**
 * What is wanted, ready to be compared. `before`: what was wanted of the same switch before; flows that are the same
 * objects in the same order are not gone through again.
 * @throws {DatapathError} as {@link diff} does
 */
export function wantedRows(desired: DesiredState, version: Version, before?: Rows): Rows {
  return rowsOf.of(desired, version, () => ({
    groups: unique(desired.groups.map((group) => marked(wantedGroup(group, version)))),
    flows:
      before?.desired !== undefined && sameObjects(desired.flows, before.desired.flows)
        ? before.flows
        : unique(desired.flows.map((flow) => withCookie(wantedFlow(flow, version)))),
    desired,
  }));
}

function sameObjects(some: readonly object[], others: readonly object[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index]);
}

function presentRows({ flows, groups }: Present, version: Version): Rows {
  return {
    groups: new Map(groups.map((group) => presentGroup(group, version)).map((row) => [row.place, row])),
    flows: new Map(flows.map(presentFlow).map((row) => [row.place, row])),
  };
}

/** Rows of one whose place is free in the other. */
function lacking<R>(rows: ReadonlyMap<string, R>, others: ReadonlyMap<string, R>): readonly R[] {
  const found: R[] = [];
  for (const [place, row] of rows) if (!others.has(place)) found.push(row);
  return found;
}

/** A changed action keeps the flow and its counters; a changed cookie, time-out or flag needs a flow in its place. */
function flowChange(row: FlowRow, present: FlowRow | undefined): Change | undefined {
  if (present === row) return undefined;
  if (present === undefined) return addFlow(row);
  if (present.settings !== row.settings) return replaceFlow(row);
  return present.instructions === row.instructions ? undefined : changeFlow(row);
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
