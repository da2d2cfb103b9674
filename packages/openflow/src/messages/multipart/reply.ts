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

type ListKind = MultipartList['kind'];
type EntryOf<K extends ListKind> = Extract<MultipartList, { readonly kind: K }>['entries'][number];

interface ListCodec<E> {
  readonly type: number;
  readonly read: (reader: Reader) => E;
  readonly write: (writer: Writer, entry: E) => void;
}

const LISTS: { readonly [K in ListKind]: ListCodec<EntryOf<K>> } = {
  flow: { type: t.OFPMP_FLOW, read: readFlowEntry, write: writeFlowEntry },
  table: { type: t.OFPMP_TABLE, read: about.readTableStats, write: about.writeTableStats },
  port_stats: { type: t.OFPMP_PORT_STATS, read: readPortStats, write: writePortStats },
  group: { type: t.OFPMP_GROUP, read: groups.readGroupStats, write: groups.writeGroupStats },
  group_desc: { type: t.OFPMP_GROUP_DESC, read: groups.readGroupDesc, write: groups.writeGroupDesc },
  meter: { type: t.OFPMP_METER, read: meters.readMeterStats, write: meters.writeMeterStats },
  meter_config: { type: t.OFPMP_METER_CONFIG, read: meters.readMeterConfig, write: meters.writeMeterConfig },
  port_desc: { type: t.OFPMP_PORT_DESC, read: readPort, write: writePort },
};

const LISTS_BY_TYPE: ReadonlyMap<number, { readonly kind: string; readonly read: (reader: Reader) => unknown }> =
  new Map(Object.entries(LISTS).map(([kind, { type, read }]) => [type, { kind, read }]));

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
  const list = LISTS_BY_TYPE.get(type);
  if (list === undefined) return readSingle(reader, type);
  const entries: unknown[] = [];
  while (reader.pos < reader.end) entries.push(list.read(reader));
  return { kind: list.kind, entries } as MultipartList;
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

/** Answers the multipart type. */
function writeAnswer(writer: Writer, answer: MultipartAnswer): number {
  if ('entries' in answer) return writeList(writer, answer);
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
  }
}

function writeList(writer: Writer, list: MultipartList): number {
  const { type, write } = LISTS[list.kind] as ListCodec<unknown>;
  for (const entry of list.entries) write(writer, entry);
  return type;
}
