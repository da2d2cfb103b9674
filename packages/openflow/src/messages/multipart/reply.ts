import type { Reader } from '../../bytes/reader.ts';
import type { Writer } from '../../bytes/writer.ts';
import * as t from '../../constants/messages.ts';
import { OpenFlowError } from '../../errors.ts';
import type { Statistics } from '../../statistics.ts';
import type { GroupContent } from '../groups.ts';
import { type Port, readPort, writePort } from '../ports.ts';
import { type FlowEntry, readAggregate, readFlowEntry, writeAggregate, writeFlowEntry } from './flows.ts';
import * as groups from './groups.ts';
import * as meters from './meters.ts';
import { type PortStats, readPortStats, writePortStats } from './ports.ts';
import * as about from './switch.ts';

/** Answers that are lists: these alone may come in several parts. OpenFlow 1.5.1 section 7.3.5. */
export type MultipartList =
  | { readonly kind: 'flow'; readonly entries: readonly FlowEntry[] }
  | { readonly kind: 'table'; readonly entries: readonly about.TableStats[] }
  | { readonly kind: 'port_stats'; readonly entries: readonly PortStats[] }
  | { readonly kind: 'group'; readonly entries: readonly groups.GroupStats[] }
  | { readonly kind: 'group_desc'; readonly entries: readonly GroupContent[] }
  | { readonly kind: 'meter'; readonly entries: readonly meters.MeterStats[] }
  | { readonly kind: 'meter_config'; readonly entries: readonly meters.MeterConfig[] }
  | { readonly kind: 'port_desc'; readonly entries: readonly Port[] };

export type MultipartAnswer =
  | MultipartList
  | ({ readonly kind: 'desc' } & about.SwitchDesc)
  | { readonly kind: 'aggregate'; readonly statistics: Statistics }
  | ({ readonly kind: 'group_features' } & groups.GroupFeatures)
  | ({ readonly kind: 'meter_features' } & meters.MeterFeatures)
  | {
      readonly kind: 'experimenter';
      readonly experimenter: number;
      readonly expType: number;
      readonly data: Uint8Array;
    }
  | { readonly kind: 'unknown'; readonly multipartType: number; readonly data: Uint8Array };

/** A part of an answer. */
export interface MultipartReply {
  readonly type: 'multipart_reply';
  /** OFPMPF_MORE if another part follows. */
  readonly flags: number;
  readonly answer: MultipartAnswer;
}

/** One answer from its parts, in order. Throws `bad-value` if they differ in kind or cannot be joined. */
export function joinAnswers(parts: readonly [MultipartAnswer, ...MultipartAnswer[]]): MultipartAnswer {
  const [first, ...others] = parts;
  if (others.length === 0) return first;
  const entries: unknown[] = [];
  for (const part of parts) {
    if (!('entries' in part) || part.kind !== first.kind) {
      throw new OpenFlowError('bad-value', `Expected parts of a list of ${first.kind}, got ${part.kind}`);
    }
    // Not push(...part.entries): a switch may send more entries than a call takes arguments.
    for (const entry of part.entries) entries.push(entry);
  }
  return { kind: first.kind, entries } as MultipartList;
}

export function readMultipartReply(reader: Reader): MultipartReply {
  const type = reader.u16();
  const flags = reader.u16();
  reader.skip(4);
  return { type: 'multipart_reply', flags, answer: readAnswer(reader, type) };
}

export function writeMultipartReply(writer: Writer, reply: MultipartReply): void {
  const start = writer.pos;
  writer.zeros(2);
  writer.u16(reply.flags);
  writer.zeros(4);
  writer.patch16(start, writeAnswer(writer, reply.answer));
}

function readAnswer(reader: Reader, type: number): MultipartAnswer {
  switch (type) {
    case t.OFPMP_FLOW:
      return { kind: 'flow', entries: all(reader, readFlowEntry) };
    case t.OFPMP_TABLE:
      return { kind: 'table', entries: all(reader, about.readTableStats) };
    case t.OFPMP_PORT_STATS:
      return { kind: 'port_stats', entries: all(reader, readPortStats) };
    case t.OFPMP_GROUP:
      return { kind: 'group', entries: all(reader, groups.readGroupStats) };
    case t.OFPMP_GROUP_DESC:
      return { kind: 'group_desc', entries: all(reader, groups.readGroupDesc) };
    case t.OFPMP_METER:
      return { kind: 'meter', entries: all(reader, meters.readMeterStats) };
    case t.OFPMP_METER_CONFIG:
      return { kind: 'meter_config', entries: all(reader, meters.readMeterConfig) };
    case t.OFPMP_PORT_DESC:
      return { kind: 'port_desc', entries: all(reader, readPort) };
    default:
      return readSingle(reader, type);
  }
}

function readSingle(reader: Reader, type: number): MultipartAnswer {
  switch (type) {
    case t.OFPMP_DESC:
      return { kind: 'desc', ...about.readSwitchDesc(reader) };
    case t.OFPMP_AGGREGATE:
      return { kind: 'aggregate', statistics: readAggregate(reader) };
    case t.OFPMP_GROUP_FEATURES:
      return { kind: 'group_features', ...groups.readGroupFeatures(reader) };
    case t.OFPMP_METER_FEATURES:
      return { kind: 'meter_features', ...meters.readMeterFeatures(reader) };
    case t.OFPMP_EXPERIMENTER:
      return { kind: 'experimenter', experimenter: reader.u32(), expType: reader.u32(), data: reader.rest() };
    default:
      return { kind: 'unknown', multipartType: type, data: reader.rest() };
  }
}

/** Entries until the message ends. */
function all<T>(reader: Reader, read: (reader: Reader) => T): readonly T[] {
  const entries: T[] = [];
  while (reader.pos < reader.end) entries.push(read(reader));
  return entries;
}

/** Answers the multipart type. */
function writeAnswer(writer: Writer, answer: MultipartAnswer): number {
  switch (answer.kind) {
    case 'desc':
      about.writeSwitchDesc(writer, answer);
      return t.OFPMP_DESC;
    case 'aggregate':
      writeAggregate(writer, answer.statistics);
      return t.OFPMP_AGGREGATE;
    case 'group_features':
      groups.writeGroupFeatures(writer, answer);
      return t.OFPMP_GROUP_FEATURES;
    case 'meter_features':
      meters.writeMeterFeatures(writer, answer);
      return t.OFPMP_METER_FEATURES;
    case 'experimenter':
      writer.u32(answer.experimenter);
      writer.u32(answer.expType);
      writer.bytes(answer.data);
      return t.OFPMP_EXPERIMENTER;
    case 'unknown':
      writer.bytes(answer.data);
      return answer.multipartType;
    default:
      return writeList(writer, answer);
  }
}

function writeList(writer: Writer, list: MultipartList): number {
  switch (list.kind) {
    case 'flow':
      for (const entry of list.entries) writeFlowEntry(writer, entry);
      return t.OFPMP_FLOW;
    case 'table':
      for (const entry of list.entries) about.writeTableStats(writer, entry);
      return t.OFPMP_TABLE;
    case 'port_stats':
      for (const entry of list.entries) writePortStats(writer, entry);
      return t.OFPMP_PORT_STATS;
    case 'group':
      for (const entry of list.entries) groups.writeGroupStats(writer, entry);
      return t.OFPMP_GROUP;
    case 'group_desc':
      for (const entry of list.entries) groups.writeGroupDesc(writer, entry);
      return t.OFPMP_GROUP_DESC;
    case 'meter':
      for (const entry of list.entries) meters.writeMeterStats(writer, entry);
      return t.OFPMP_METER;
    case 'meter_config':
      for (const entry of list.entries) meters.writeMeterConfig(writer, entry);
      return t.OFPMP_METER_CONFIG;
    case 'port_desc':
      for (const entry of list.entries) writePort(writer, entry);
      return t.OFPMP_PORT_DESC;
  }
}
