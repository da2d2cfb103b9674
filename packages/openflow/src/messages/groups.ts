import { readActions, readActionsOf, writeActions } from '../actions/codec.ts';
import type { Action } from '../actions/types.ts';
import type { Reader } from '../bytes/reader.ts';
import type { Writer } from '../bytes/writer.ts';
import { OFPGC_ADD, OFPGT_SELECT } from '../constants/commands.ts';
import { OFPG_ANY, OFPG_BUCKET_ALL, OFPP_ANY } from '../constants/reserved.ts';
import { OpenFlowError } from '../errors.ts';
import { type Match, readFields, writeField } from '../oxm/match.ts';
import { type RawProperty, readProperties, writeProperties, writeProperty } from '../properties.ts';
import { OFP15_VERSION } from '../versions.ts';

/** Property types of buckets, OpenFlow 1.5.1 section 7.3.4.3.1, and of groups. */
const OFPGBPT_WEIGHT = 0;
const OFPGBPT_WATCH_PORT = 1;
const OFPGBPT_WATCH_GROUP = 2;
const OFPGPT_EXPERIMENTER = 0xffff;
/** Netronome's extension, which Open vSwitch took up (ovs-ofctl(8), selection_method). */
const NTR_EXPERIMENTER_ID = 0x0000154d;
const NTRT_SELECTION_METHOD = 1;

/** One way out of a group. Before 1.5 a weight of 0 and a watch of ANY are the same as none, and there are no ids. */
export interface Bucket {
  /** 1.5. */
  readonly bucketId?: number;
  readonly weight?: number;
  readonly watchPort?: number;
  readonly watchGroup?: number;
  readonly actions: readonly Action[];
  /** 1.5. */
  readonly properties?: readonly RawProperty[];
}

/** How a SELECT group chooses: `dp_hash`, or `hash` over `fields`, whose values are the masks of what counts. */
export interface SelectionMethod {
  readonly method: string;
  readonly param: bigint;
  readonly fields: Match;
}

/** What a group is made of. */
export interface GroupContent {
  /** One of OFPGT_*. */
  readonly groupType: number;
  readonly groupId: number;
  readonly buckets: readonly Bucket[];
  /** 1.5. */
  readonly selection?: SelectionMethod;
  /** 1.5. */
  readonly properties?: readonly RawProperty[];
}

/** Adds, changes or deletes a group, section 7.3.4.3. */
export interface GroupMod extends GroupContent {
  readonly type: 'group_mod';
  /** One of OFPGC_*. */
  readonly command: number;
  /** Where INSERT_BUCKET and REMOVE_BUCKET act: 1.5. */
  readonly commandBucketId?: number;
}

/** A group mod that adds a SELECT group without buckets, but for what `given` says. */
export function groupMod(given: Partial<Omit<GroupMod, 'type'>> & Pick<GroupMod, 'groupId'>): GroupMod {
  return { type: 'group_mod', command: OFPGC_ADD, groupType: OFPGT_SELECT, buckets: [], ...given };
}

export function readGroupMod(reader: Reader): GroupMod {
  const command = reader.u16();
  const groupType = reader.u8();
  reader.skip(1);
  const groupId = reader.u32();
  if (reader.version < OFP15_VERSION) {
    return { type: 'group_mod', command, groupType, groupId, buckets: readBuckets(reader) };
  }
  const length = reader.u16();
  reader.skip(2);
  const commandBucketId = reader.u32();
  const content = readContent15(reader, length);
  return { type: 'group_mod', command, groupType, groupId, commandBucketId, ...content };
}

export function writeGroupMod(writer: Writer, group: GroupMod): void {
  writer.u16(group.command);
  writer.u8(group.groupType);
  writer.zeros(1);
  writer.u32(group.groupId);
  if (writer.version < OFP15_VERSION) {
    writeContent13(writer, group);
    return;
  }
  const length = writer.pos;
  writer.zeros(4);
  writer.u32(group.commandBucketId ?? OFPG_BUCKET_ALL);
  writeContent15(writer, group, length);
}

/** Buckets until the structure ends, as 1.3 and 1.4 have them. */
export function readBuckets(reader: Reader): readonly Bucket[] {
  const buckets: Bucket[] = [];
  while (reader.pos < reader.end) {
    const start = reader.pos;
    const outer = reader.enter(start, reader.u16());
    const weight = reader.u16();
    const watchPort = reader.u32();
    const watchGroup = reader.u32();
    reader.skip(4);
    buckets.push({
      ...(weight !== 0 && { weight }),
      ...(watchPort !== OFPP_ANY && { watchPort }),
      ...(watchGroup !== OFPG_ANY && { watchGroup }),
      actions: readActions(reader),
    });
    reader.leave(outer);
  }
  return buckets;
}

export function writeContent13(writer: Writer, group: GroupContent): void {
  if (group.selection !== undefined || (group.properties ?? []).length > 0) {
    throw new OpenFlowError('not-in-version', `Expected OpenFlow 1.5 for properties of group ${group.groupId}`);
  }
  for (const bucket of group.buckets) {
    const start = writer.pos;
    writer.zeros(2);
    writer.u16(bucket.weight ?? 0);
    writer.u32(bucket.watchPort ?? OFPP_ANY);
    writer.u32(bucket.watchGroup ?? OFPG_ANY);
    writer.zeros(4);
    writeActions(writer, bucket.actions);
    writer.patch16(start, writer.pos - start);
  }
}

/** What 1.5 has after the lengths: `length` bytes of buckets, and properties. */
export function readContent15(
  reader: Reader,
  length: number,
): Pick<GroupContent, 'buckets' | 'selection' | 'properties'> {
  const outer = reader.enter(reader.pos, length);
  const buckets: Bucket[] = [];
  while (reader.pos < reader.end) buckets.push(readBucket15(reader));
  reader.leave(outer);
  let selection: SelectionMethod | undefined;
  const properties = readProperties(reader, (type, content) => {
    if (type !== OFPGPT_EXPERIMENTER || selection !== undefined) return false;
    selection = readSelection(content);
    return selection !== undefined;
  });
  return { buckets, ...(selection !== undefined && { selection }), ...(properties.length > 0 && { properties }) };
}

/** The counterpart; `length` is where the length of the buckets stands. */
export function writeContent15(writer: Writer, group: GroupContent, length: number): void {
  const start = writer.pos;
  group.buckets.forEach((bucket, index) => {
    writeBucket15(writer, bucket, index);
  });
  writer.patch16(length, writer.pos - start);
  const { selection, properties } = group;
  if (selection !== undefined) writeProperty(writer, OFPGPT_EXPERIMENTER, () => writeSelection(writer, selection));
  if (properties !== undefined) writeProperties(writer, properties);
}

function readBucket15(reader: Reader): Bucket {
  const start = reader.pos;
  const outer = reader.enter(start, reader.u16());
  const length = reader.u16();
  const bucketId = reader.u32();
  const actions = readActionsOf(reader, length);
  const known: { weight?: number; watchPort?: number; watchGroup?: number } = {};
  const properties = readProperties(reader, (type, content) => {
    if (content.left !== 4) return false;
    if (type === OFPGBPT_WEIGHT && known.weight === undefined) {
      known.weight = content.u16();
      content.skip(2);
    } else if (type === OFPGBPT_WATCH_PORT && known.watchPort === undefined) known.watchPort = content.u32();
    else if (type === OFPGBPT_WATCH_GROUP && known.watchGroup === undefined) known.watchGroup = content.u32();
    else return false;
    return true;
  });
  reader.leave(outer);
  return { bucketId, ...known, actions, ...(properties.length > 0 && { properties }) };
}

function writeBucket15(writer: Writer, bucket: Bucket, index: number): void {
  const { weight, watchPort, watchGroup, properties = [] } = bucket;
  const start = writer.pos;
  writer.zeros(4);
  writer.u32(bucket.bucketId ?? index);
  const actions = writer.pos;
  writeActions(writer, bucket.actions);
  writer.patch16(start + 2, writer.pos - actions);
  if (weight !== undefined) {
    writeProperty(writer, OFPGBPT_WEIGHT, () => {
      writer.u16(weight);
      writer.zeros(2);
    });
  }
  if (watchPort !== undefined) writeProperty(writer, OFPGBPT_WATCH_PORT, () => writer.u32(watchPort));
  if (watchGroup !== undefined) writeProperty(writer, OFPGBPT_WATCH_GROUP, () => writer.u32(watchGroup));
  writeProperties(writer, properties);
  writer.patch16(start, writer.pos - start);
}

function readSelection(reader: Reader): SelectionMethod | undefined {
  if (reader.left < 36 || reader.u32() !== NTR_EXPERIMENTER_ID || reader.u32() !== NTRT_SELECTION_METHOD) {
    return undefined;
  }
  reader.skip(4);
  return { method: reader.text(16), param: reader.u64(), fields: readFields(reader) };
}

function writeSelection(writer: Writer, selection: SelectionMethod): void {
  writer.u32(NTR_EXPERIMENTER_ID);
  writer.u32(NTRT_SELECTION_METHOD);
  writer.zeros(4);
  writer.text(selection.method, 16);
  writer.u64(selection.param);
  for (const field of selection.fields) writeField(writer, field);
}
