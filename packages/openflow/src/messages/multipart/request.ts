import type { Reader } from '../../bytes/reader.ts';
import type { Writer } from '../../bytes/writer.ts';
import * as t from '../../constants/messages.ts';
import { OFPG_ALL, OFPP_ANY } from '../../constants/reserved.ts';
import { OpenFlowError } from '../../errors.ts';
import { OFP15_VERSION } from '../../versions.ts';
import { type FlowFilter, readFilter, writeFilter } from './flows.ts';

/** What is asked for, OpenFlow 1.5.1 section 7.3.5. */
export type MultipartQuery =
  | { readonly kind: 'desc' | 'table' | 'group_features' | 'meter_features' }
  | ({ readonly kind: 'flow' | 'aggregate' } & FlowFilter)
  /** OFPP_ANY for all. */
  | { readonly kind: 'port_stats'; readonly portNo: number }
  /** One port in 1.5; all where there is no number, which is all that earlier versions can ask for. */
  | { readonly kind: 'port_desc'; readonly portNo?: number }
  /** OFPG_ALL for all. */
  | { readonly kind: 'group'; readonly groupId: number }
  /** One group in 1.5; all where there is no number, which is all that earlier versions can ask for. */
  | { readonly kind: 'group_desc'; readonly groupId?: number }
  /** OFPM_ALL for all. */
  | { readonly kind: 'meter' | 'meter_config'; readonly meterId: number }
  | {
      readonly kind: 'experimenter';
      readonly experimenter: number;
      readonly expType: number;
      readonly data: Uint8Array;
    }
  | { readonly kind: 'unknown'; readonly multipartType: number; readonly data: Uint8Array };

/** Asks for state or counters. */
export interface MultipartRequest {
  readonly type: 'multipart_request';
  /** OFPMPF_MORE if another part follows. */
  readonly flags: number;
  readonly query: MultipartQuery;
}

export function readMultipartRequest(reader: Reader): MultipartRequest {
  const type = reader.u16();
  const flags = reader.u16();
  reader.skip(4);
  return { type: 'multipart_request', flags, query: readQuery(reader, type) };
}

export function writeMultipartRequest(writer: Writer, request: MultipartRequest): void {
  const start = writer.pos;
  writer.zeros(2);
  writer.u16(request.flags);
  writer.zeros(4);
  writer.patch16(start, writeQuery(writer, request.query));
}

function readQuery(reader: Reader, type: number): MultipartQuery {
  switch (type) {
    case t.OFPMP_DESC:
      return { kind: 'desc' };
    case t.OFPMP_TABLE:
      return { kind: 'table' };
    case t.OFPMP_GROUP_FEATURES:
      return { kind: 'group_features' };
    case t.OFPMP_METER_FEATURES:
      return { kind: 'meter_features' };
    case t.OFPMP_FLOW:
      return { kind: 'flow', ...readFilter(reader) };
    case t.OFPMP_AGGREGATE:
      return { kind: 'aggregate', ...readFilter(reader) };
    case t.OFPMP_PORT_STATS:
      return { kind: 'port_stats', portNo: readNumber(reader) };
    case t.OFPMP_GROUP:
      return { kind: 'group', groupId: readNumber(reader) };
    case t.OFPMP_METER:
      return { kind: 'meter', meterId: readNumber(reader) };
    case t.OFPMP_METER_CONFIG:
      return { kind: 'meter_config', meterId: readNumber(reader) };
    default:
      return readLaterQuery(reader, type);
  }
}

/** What 1.5 gave a number, and what is not of this protocol. */
function readLaterQuery(reader: Reader, type: number): MultipartQuery {
  switch (type) {
    case t.OFPMP_PORT_DESC: {
      const portNo = reader.version >= OFP15_VERSION ? readNumber(reader) : OFPP_ANY;
      return portNo === OFPP_ANY ? { kind: 'port_desc' } : { kind: 'port_desc', portNo };
    }
    case t.OFPMP_GROUP_DESC: {
      const groupId = reader.version >= OFP15_VERSION ? readNumber(reader) : OFPG_ALL;
      return groupId === OFPG_ALL ? { kind: 'group_desc' } : { kind: 'group_desc', groupId };
    }
    case t.OFPMP_EXPERIMENTER:
      return { kind: 'experimenter', experimenter: reader.u32(), expType: reader.u32(), data: reader.rest() };
    default:
      return { kind: 'unknown', multipartType: type, data: reader.rest() };
  }
}

function readNumber(reader: Reader): number {
  const number = reader.u32();
  reader.skip(4);
  return number;
}

/** Answers the multipart type. */
function writeQuery(writer: Writer, query: MultipartQuery): number {
  switch (query.kind) {
    case 'desc':
      return t.OFPMP_DESC;
    case 'table':
      return t.OFPMP_TABLE;
    case 'group_features':
      return t.OFPMP_GROUP_FEATURES;
    case 'meter_features':
      return t.OFPMP_METER_FEATURES;
    case 'flow':
      writeFilter(writer, query);
      return t.OFPMP_FLOW;
    case 'aggregate':
      writeFilter(writer, query);
      return t.OFPMP_AGGREGATE;
    case 'port_stats':
      return writeNumber(writer, query.portNo, t.OFPMP_PORT_STATS);
    case 'group':
      return writeNumber(writer, query.groupId, t.OFPMP_GROUP);
    case 'meter':
      return writeNumber(writer, query.meterId, t.OFPMP_METER);
    case 'meter_config':
      return writeNumber(writer, query.meterId, t.OFPMP_METER_CONFIG);
    case 'port_desc':
      return writeLaterNumber(writer, query.portNo ?? OFPP_ANY, OFPP_ANY, t.OFPMP_PORT_DESC);
    case 'group_desc':
      return writeLaterNumber(writer, query.groupId ?? OFPG_ALL, OFPG_ALL, t.OFPMP_GROUP_DESC);
    case 'experimenter':
      writer.u32(query.experimenter);
      writer.u32(query.expType);
      writer.bytes(query.data);
      return t.OFPMP_EXPERIMENTER;
    case 'unknown':
      writer.bytes(query.data);
      return query.multipartType;
  }
}

function writeNumber(writer: Writer, number: number, type: number): number {
  writer.u32(number);
  writer.zeros(4);
  return type;
}

function writeLaterNumber(writer: Writer, number: number, all: number, type: number): number {
  if (writer.version >= OFP15_VERSION) return writeNumber(writer, number, type);
  if (number !== all) throw new OpenFlowError('not-in-version', `Expected OpenFlow 1.5 to ask for ${number} alone`);
  return type;
}
