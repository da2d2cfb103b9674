import type { Reader } from '../../bytes/reader.ts';
import type { Writer } from '../../bytes/writer.ts';
import type { Duration } from '../../statistics.ts';
import { OFP15_VERSION } from '../../versions.ts';
import { type GroupContent, readBuckets, readContent15, writeContent13, writeContent15 } from '../groups.ts';

/** Counters of a group and its buckets, OpenFlow 1.5.1 section 7.3.5.9. */
export interface GroupStats {
  readonly groupId: number;
  /** Flows and groups that point to it. */
  readonly refCount: number;
  readonly packetCount: bigint;
  readonly byteCount: bigint;
  readonly duration: Duration;
  readonly buckets: readonly { readonly packetCount: bigint; readonly byteCount: bigint }[];
}

/** What groups a switch can have, section 7.3.5.11. The four numbers are for ALL, SELECT, INDIRECT and FF. */
export interface GroupFeatures {
  /** Bit N for type N of OFPGT_*. */
  readonly types: number;
  readonly capabilities: number;
  readonly maxGroups: readonly number[];
  /** Bit N for type N of OFPAT_*. */
  readonly actions: readonly number[];
}

export function readGroupStats(reader: Reader): GroupStats {
  const outer = reader.enter(reader.pos, reader.u16());
  reader.skip(2);
  const groupId = reader.u32();
  const refCount = reader.u32();
  reader.skip(4);
  const packetCount = reader.u64();
  const byteCount = reader.u64();
  const duration = { sec: reader.u32(), nsec: reader.u32() };
  const buckets: { packetCount: bigint; byteCount: bigint }[] = [];
  while (reader.pos < reader.end) buckets.push({ packetCount: reader.u64(), byteCount: reader.u64() });
  reader.leave(outer);
  return { groupId, refCount, packetCount, byteCount, duration, buckets };
}

export function writeGroupStats(writer: Writer, stats: GroupStats): void {
  const start = writer.pos;
  writer.zeros(4);
  writer.u32(stats.groupId);
  writer.u32(stats.refCount);
  writer.zeros(4);
  writer.u64(stats.packetCount);
  writer.u64(stats.byteCount);
  writer.u32(stats.duration.sec);
  writer.u32(stats.duration.nsec);
  for (const bucket of stats.buckets) {
    writer.u64(bucket.packetCount);
    writer.u64(bucket.byteCount);
  }
  writer.patch16(start, writer.pos - start);
}

/** A group as it stands, section 7.3.5.10. */
export function readGroupDesc(reader: Reader): GroupContent {
  const outer = reader.enter(reader.pos, reader.u16());
  const groupType = reader.u8();
  reader.skip(1);
  const groupId = reader.u32();
  let content: Pick<GroupContent, 'buckets' | 'selection' | 'properties'>;
  if (reader.version < OFP15_VERSION) content = { buckets: readBuckets(reader) };
  else {
    const length = reader.u16();
    reader.skip(6);
    content = readContent15(reader, length);
  }
  reader.leave(outer);
  return { groupType, groupId, ...content };
}

export function writeGroupDesc(writer: Writer, group: GroupContent): void {
  const start = writer.pos;
  writer.zeros(2);
  writer.u8(group.groupType);
  writer.zeros(1);
  writer.u32(group.groupId);
  if (writer.version < OFP15_VERSION) writeContent13(writer, group);
  else {
    writer.zeros(8);
    writeContent15(writer, group, start + 8);
  }
  writer.patch16(start, writer.pos - start);
}

export function readGroupFeatures(reader: Reader): GroupFeatures {
  const four = (): number[] => [reader.u32(), reader.u32(), reader.u32(), reader.u32()];
  return { types: reader.u32(), capabilities: reader.u32(), maxGroups: four(), actions: four() };
}

export function writeGroupFeatures(writer: Writer, features: GroupFeatures): void {
  writer.u32(features.types);
  writer.u32(features.capabilities);
  for (let i = 0; i < 4; i += 1) writer.u32(features.maxGroups[i] ?? 0);
  for (let i = 0; i < 4; i += 1) writer.u32(features.actions[i] ?? 0);
}
