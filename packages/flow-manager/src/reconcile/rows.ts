import {
  decode,
  encode,
  type FlowEntry,
  type FlowMod,
  flowMod,
  type GroupContent,
  type GroupMod,
  groupMod,
  HEADER_SIZE,
  OFP15_VERSION,
  OFPFF_NO_BYT_COUNTS,
  OFPFF_NO_PKT_COUNTS,
  OFPFF_SEND_FLOW_REM,
  OFPG_ANY,
  OFPGC_MODIFY,
  OFPGT_SELECT,
  OFPP_ANY,
  type Version,
} from '@ballast/openflow';
import { DatapathError } from '../datapath/errors.ts';
import type { DesiredFlow } from '../desired.ts';
import { actionsKey, instructionsKey, textOf } from './canonical-actions.ts';
import { matchKey } from './canonical-fields.ts';
import { encodedOnce, OncePerVersion } from './once.ts';

/** A flow in the form in which two can be compared. */
export interface FlowRow {
  /** Table, priority and match: a switch has one flow for each. Fit for a person, too. */
  readonly place: string;
  /** Cookie, time-outs and flags, which only a new flow takes. */
  readonly settings: string;
  readonly instructions: string;
  readonly flow: FlowMod;
}

/** A group in the form in which two can be compared, by {@link sameGroup}. */
export interface GroupRow {
  readonly groupId: number;
  readonly place: string;
  /** As a MODIFY. */
  readonly group: GroupMod;
  /** What the version makes of it, past the header; empty where it has no words for it. */
  readonly bytes: Uint8Array;
  /** Told by a switch, in its own words. */
  readonly told: boolean;
  /** One text for all ways to write it: a long one, made when it is asked for. */
  content(): string;
}

/** Flags that a switch keeps; the others steer one message. */
const KEPT_FLAGS = OFPFF_SEND_FLOW_REM | OFPFF_NO_PKT_COUNTS | OFPFF_NO_BYT_COUNTS;

const flows = new OncePerVersion<DesiredFlow, FlowRow>();
const groups = new OncePerVersion<GroupContent, GroupRow>();

/**
 * A wanted flow, by way of the bytes that it becomes in this version: what is written in several ways (addresses, fields
 * that a version words otherwise) comes out as a switch tells it. The same row for the same flow.
 * @throws {DatapathError} `desired-not-sayable`: the version has no words for it
 */
export function wantedFlow(flow: DesiredFlow, version: Version): FlowRow {
  return flows.of(flow, version, () => {
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
    const name = (): string => `flow ${placeOf(flow.table, flow.priority, flow.match)}`;
    return flowRow(sayable(version, name, () => decode(encode(given, version, 0))) as FlowMod);
  });
}

export function presentFlow(entry: FlowEntry): FlowRow {
  const { statistics: _statistics, ...rest } = entry;
  return flowRow(flowMod(rest));
}

/**
 * A wanted group. Before 1.5 no selection method can be told; Open vSwitch takes dp_hash there by itself, any other is
 * refused. The same row for the same group.
 * @throws {DatapathError} `desired-not-sayable`: the version has no words for it
 */
export function wantedGroup(group: GroupContent, version: Version): GroupRow {
  return groups.of(group, version, () => {
    const { selection, ...plain } = group;
    const assumed = version < OFP15_VERSION && selection?.method === 'dp_hash';
    const given = assumed ? plain : group;
    const mod = groupMod({ ...given, command: OFPGC_MODIFY });
    const { data } = sayable(
      version,
      () => placeOfGroup(group),
      () => encodedOnce(mod, version),
    );
    return groupRow(mod, version, {
      told: false,
      bytes: data,
      plain: () => decode(encode(mod, version, 0)) as GroupMod,
    });
  });
}

export function presentGroup(group: GroupContent, version: Version): GroupRow {
  const mod = groupMod({ ...group, command: OFPGC_MODIFY });
  return groupRow(mod, version, { told: true, bytes: saidBack(mod, version), plain: () => group });
}

/**
 * Whether two groups are the same, however they are written. Most are written alike: a group of 256 buckets is put into
 * words only if its bytes differ, and a switch told it; what is written here is always written in the same way.
 */
export function sameGroup(one: GroupRow, other: GroupRow): boolean {
  if (one === other) return true;
  if (one.bytes.length > 0 && Buffer.compare(one.bytes, other.bytes) === 0) return true;
  return (one.told || other.told) && one.content() === other.content();
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

/** `plain`: the group in the words of the version. */
function groupRow(
  group: GroupMod,
  version: Version,
  { told, bytes, plain }: Pick<GroupRow, 'told' | 'bytes'> & { readonly plain: () => GroupContent },
): GroupRow {
  let content: string | undefined;
  return {
    groupId: group.groupId,
    place: placeOfGroup(group),
    group,
    bytes,
    told,
    content: () => {
      content ??= contentOf(plain(), version);
      return content;
    },
  };
}

function contentOf(group: GroupContent, version: Version): string {
  const { groupType, buckets, selection, properties = [] } = group;
  const lines = buckets.map((bucket, index) => {
    const { actions, watchPort = OFPP_ANY, watchGroup = OFPG_ANY } = bucket;
    // A weight counts in SELECT groups alone; 1.5 takes a missing one for 1.
    const weight = groupType === OFPGT_SELECT ? (bucket.weight ?? (version >= OFP15_VERSION ? 1 : 0)) : 0;
    const id = version >= OFP15_VERSION ? (bucket.bucketId ?? index) : index;
    return `${id},${weight},${watchPort},${watchGroup},${textOf(bucket.properties ?? [])}:${actionsKey(actions)}`;
  });
  const method = selection === undefined ? '' : `${selection.method},${selection.param},${matchKey(selection.fields)}`;
  return `${groupType}|${method}|${textOf(properties)}|${lines.join('|')}`;
}

/** What a switch told can be too long to be said back, or worse: then words alone compare. */
function saidBack(mod: GroupMod, version: Version): Uint8Array {
  try {
    return encode(mod, version, 0).subarray(HEADER_SIZE);
  } catch {
    return new Uint8Array(0);
  }
}

function sayable<T>(version: Version, name: () => string, say: () => T): T {
  try {
    return say();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DatapathError('desired-not-sayable', `OpenFlow 1.${version - 1} cannot say ${name()}: ${why}.`, {
      cause,
      hint: 'Let the bridge speak OpenFlow 1.5 (`protocols=OpenFlow13,OpenFlow14,OpenFlow15`).',
    });
  }
}
