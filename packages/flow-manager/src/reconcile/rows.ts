import {
  type Body,
  decode,
  encode,
  type FlowEntry,
  type FlowMod,
  flowMod,
  type GroupContent,
  type GroupMod,
  groupMod,
  OFP15_VERSION,
  OFPFF_NO_BYT_COUNTS,
  OFPFF_NO_PKT_COUNTS,
  OFPFF_SEND_FLOW_REM,
  OFPG_ANY,
  OFPGT_SELECT,
  OFPP_ANY,
  type Version,
} from '@ballast/openflow';
import { DatapathError } from '../datapath/errors.ts';
import type { DesiredFlow } from '../desired.ts';
import { actionsKey, instructionsKey, textOf } from './canonical-actions.ts';
import { matchKey } from './canonical-fields.ts';

/** A flow in the form in which two can be compared. */
export interface FlowRow {
  /** Table, priority and match: a switch has one flow for each. Fit for a person, too. */
  readonly place: string;
  /** Cookie, time-outs and flags, which only a new flow takes. */
  readonly settings: string;
  readonly instructions: string;
  readonly flow: FlowMod;
}

/** A group in the form in which two can be compared. */
export interface GroupRow {
  readonly groupId: number;
  readonly place: string;
  readonly content: string;
  readonly group: GroupContent;
}

/** Flags that a switch keeps; the others steer one message. */
const KEPT_FLAGS = OFPFF_SEND_FLOW_REM | OFPFF_NO_PKT_COUNTS | OFPFF_NO_BYT_COUNTS;

/**
 * A wanted flow, by way of the bytes that it becomes in this version: what is written in several ways (addresses, fields
 * that a version words otherwise) comes out as a switch tells it.
 * @throws {DatapathError} `desired-not-sayable`: the version has no words for it
 */
export function wantedFlow(flow: DesiredFlow, version: Version): FlowRow {
  const given = flowMod({
    tableId: flow.table,
    priority: flow.priority,
    cookie: flow.cookie,
    match: flow.match,
    instructions: flow.instructions,
    idleTimeout: flow.idleTimeout ?? 0,
    hardTimeout: flow.hardTimeout ?? 0,
    flags: flow.flags ?? 0,
  });
  const place = placeOf(flow.table, flow.priority, flow.match);
  const mod = throughBytes(given, version, `flow ${place}`) as FlowMod;
  return { ...flowRow(mod), flow: mod };
}

export function presentFlow(entry: FlowEntry): FlowRow {
  const { statistics: _statistics, ...rest } = entry;
  return flowRow(flowMod(rest));
}

/**
 * A wanted group. Before 1.5 no selection method can be told; Open vSwitch takes dp_hash there by itself, any other is
 * refused.
 */
export function wantedGroup(group: GroupContent, version: Version): GroupRow {
  const { selection, ...plain } = group;
  const assumed = version < OFP15_VERSION && selection?.method === 'dp_hash';
  const given = groupMod(assumed ? plain : group);
  const {
    type: _type,
    command: _command,
    commandBucketId: _bucket,
    ...content
  } = throughBytes(given, version, placeOfGroup(group)) as GroupMod;
  return groupRow(content, version);
}

export function presentGroup(group: GroupContent, version: Version): GroupRow {
  return groupRow(group, version);
}

export function placeOfGroup({ groupId }: Pick<GroupContent, 'groupId'>): string {
  return `group 0x${groupId.toString(16)}`;
}

function flowRow(flow: FlowMod): FlowRow {
  const { cookie, idleTimeout, hardTimeout, flags } = flow;
  return {
    place: placeOf(flow.tableId, flow.priority, flow.match),
    settings: `${cookie},${idleTimeout},${hardTimeout},${flags & KEPT_FLAGS}`,
    instructions: instructionsKey(flow.instructions),
    flow,
  };
}

function placeOf(table: number, priority: number, match: FlowMod['match']): string {
  const fields = matchKey(match);
  return `table=${table},priority=${priority}${fields === '' ? '' : `,${fields}`}`;
}

function groupRow(group: GroupContent, version: Version): GroupRow {
  const { groupId, groupType, buckets, selection, properties = [] } = group;
  const lines = buckets.map((bucket, index) => {
    const { actions, watchPort = OFPP_ANY, watchGroup = OFPG_ANY } = bucket;
    // A weight counts in SELECT groups alone; 1.5 takes a missing one for 1.
    const weight = groupType === OFPGT_SELECT ? (bucket.weight ?? (version >= OFP15_VERSION ? 1 : 0)) : 0;
    const id = version >= OFP15_VERSION ? (bucket.bucketId ?? index) : index;
    return `${id},${weight},${watchPort},${watchGroup},${textOf(bucket.properties ?? [])}:${actionsKey(actions)}`;
  });
  const method = selection === undefined ? '' : `${selection.method},${selection.param},${matchKey(selection.fields)}`;
  const content = `${groupType}|${method}|${textOf(properties)}|${lines.join('|')}`;
  return { groupId, place: placeOfGroup(group), content, group };
}

function throughBytes(body: Body, version: Version, name: string): Body {
  try {
    const { version: _version, xid: _xid, ...decoded } = decode(encode(body, version, 0));
    return decoded;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DatapathError('desired-not-sayable', `OpenFlow 1.${version - 1} cannot say ${name}: ${why}.`, {
      cause,
      hint: 'Let the bridge speak OpenFlow 1.5 (`protocols=OpenFlow13,OpenFlow14,OpenFlow15`).',
    });
  }
}
