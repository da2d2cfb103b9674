import {
  type Body,
  flowMod,
  groupMod,
  OFPFC_DELETE_STRICT,
  OFPFC_MODIFY_STRICT,
  OFPGC_ADD,
  OFPGC_DELETE,
} from '@ballast/openflow';
import type { FlowRow, GroupRow } from './rows.ts';

/** One step towards what is wanted. */
export interface Change {
  readonly kind: 'flow' | 'group';
  readonly verb: 'add' | 'change' | 'remove';
  /** `flow table=0,priority=9,...` or `group 0xba110001`: the same word in reports and errors. */
  readonly name: string;
  readonly body: Body;
}

const COOKIE_ALL = 0xffff_ffff_ffff_ffffn;

/** The same change for the same row: switches that share rows share what is sent. */
export const addFlow: (row: FlowRow) => Change = once((row) => flowChange('add', row, row.flow));

/** A flow in the place of one with another cookie, time-out or flag. */
export const replaceFlow: (row: FlowRow) => Change = once((row) => flowChange('change', row, row.flow));

/** Other actions: the flow keeps its counters. By cookie too: a foreign flow that took the place meanwhile stays. */
export const changeFlow: (row: FlowRow) => Change = once((row) =>
  flowChange('change', row, { ...row.flow, command: OFPFC_MODIFY_STRICT, cookieMask: COOKIE_ALL }),
);

/** By place and cookie: a foreign flow that took the place meanwhile stays. */
export const removeFlow: (row: FlowRow) => Change = once((row) => {
  const { tableId, priority, match, cookie } = row.flow;
  const body = flowMod({ command: OFPFC_DELETE_STRICT, tableId, priority, match, cookie, cookieMask: COOKIE_ALL });
  return flowChange('remove', row, body);
});

export const addGroup: (row: GroupRow) => Change = once((row) =>
  groupChange('add', row, { ...row.group, command: OFPGC_ADD }),
);

/** Always the whole group: Open vSwitch 3.1.0 spoils a group whose buckets are inserted one by one. */
export const changeGroup: (row: GroupRow) => Change = once((row) => groupChange('change', row, row.group));

export const removeGroup: (row: GroupRow) => Change = once((row) =>
  groupChange('remove', row, groupMod({ groupId: row.groupId, command: OFPGC_DELETE })),
);

function flowChange(verb: Change['verb'], { place }: FlowRow, body: Body): Change {
  return { kind: 'flow', verb, name: `flow ${place}`, body };
}

function groupChange(verb: Change['verb'], { place }: GroupRow, body: Body): Change {
  return { kind: 'group', verb, name: place, body };
}

function once<R extends object>(make: (row: R) => Change): (row: R) => Change {
  const made = new WeakMap<R, Change>();
  return (row) => {
    let change = made.get(row);
    if (change === undefined) {
      change = make(row);
      made.set(row, change);
    }
    return change;
  };
}
