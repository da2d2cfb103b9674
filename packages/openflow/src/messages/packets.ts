import { readActionsOf, writeActions } from '../actions/codec.ts';
import type { Action } from '../actions/types.ts';
import type { Reader } from '../bytes/reader.ts';
import type { Writer } from '../bytes/writer.ts';
import { OFP_NO_BUFFER, OFPP_CONTROLLER } from '../constants/reserved.ts';
import { OpenFlowError } from '../errors.ts';
import { type Match, readMatch, writeMatch } from '../oxm/match.ts';
import { OFP15_VERSION } from '../versions.ts';

/** A packet for the controller, OpenFlow 1.5.1 section 7.4.1. */
export interface PacketIn {
  readonly type: 'packet_in';
  readonly bufferId: number;
  /** Of the whole frame; `data` may hold less. */
  readonly totalLen: number;
  /** One of OFPR_*. */
  readonly reason: number;
  readonly tableId: number;
  readonly cookie: bigint;
  /** Pipeline fields: in_port, and what tables have set. */
  readonly match: Match;
  readonly data: Uint8Array;
}

/** A packet for the switch, section 7.3.6. */
export interface PacketOut {
  readonly type: 'packet_out';
  readonly bufferId: number;
  /** Where the packet is taken to have come from; OFPP_CONTROLLER if from no port. */
  readonly inPort: number;
  /** Further pipeline fields: 1.5. */
  readonly fields?: Match;
  readonly actions: readonly Action[];
  readonly data: Uint8Array;
}

const NO_DATA = new Uint8Array(0);

/** A packet-out of an unbuffered packet from the controller, but for what `given` says. */
export function packetOut(given: Partial<Omit<PacketOut, 'type'>>): PacketOut {
  const { bufferId = OFP_NO_BUFFER, inPort = OFPP_CONTROLLER, actions = [], data = NO_DATA, fields } = given;
  const packet: PacketOut = { type: 'packet_out', bufferId, inPort, actions, data };
  return fields === undefined ? packet : { ...packet, fields };
}

export function readPacketIn(reader: Reader): PacketIn {
  const bufferId = reader.u32();
  const totalLen = reader.u16();
  const reason = reader.u8();
  const tableId = reader.u8();
  const cookie = reader.u64();
  const match = readMatch(reader);
  reader.skip(2);
  return { type: 'packet_in', bufferId, totalLen, reason, tableId, cookie, match, data: reader.rest() };
}

export function writePacketIn(writer: Writer, packet: PacketIn): void {
  writer.u32(packet.bufferId);
  writer.u16(packet.totalLen);
  writer.u8(packet.reason);
  writer.u8(packet.tableId);
  writer.u64(packet.cookie);
  writeMatch(writer, packet.match);
  writer.zeros(2);
  writer.bytes(packet.data);
}

export function readPacketOut(reader: Reader): PacketOut {
  if (reader.version >= OFP15_VERSION) return readPacketOut15(reader);
  const bufferId = reader.u32();
  const inPort = reader.u32();
  const length = reader.u16();
  reader.skip(6);
  const actions = readActionsOf(reader, length);
  return { type: 'packet_out', bufferId, inPort, actions, data: reader.rest() };
}

export function writePacketOut(writer: Writer, packet: PacketOut): void {
  const { fields = [] } = packet;
  writer.u32(packet.bufferId);
  if (writer.version < OFP15_VERSION) {
    if (fields.length > 0)
      throw new OpenFlowError('not-in-version', 'Expected OpenFlow 1.5 for fields of a packet-out');
    writer.u32(packet.inPort);
  }
  const length = writer.pos;
  writer.zeros(writer.version < OFP15_VERSION ? 8 : 4);
  if (writer.version >= OFP15_VERSION) {
    const inPort = { field: 'in_port', value: packet.inPort } as const;
    writeMatch(writer, fields.length === 0 ? [inPort] : [inPort, ...fields]);
  }
  const start = writer.pos;
  writeActions(writer, packet.actions);
  writer.patch16(length, writer.pos - start);
  writer.bytes(packet.data);
}

function readPacketOut15(reader: Reader): PacketOut {
  const bufferId = reader.u32();
  const length = reader.u16();
  reader.skip(2);
  const at = reader.pos;
  const match = readMatch(reader);
  const actions = readActionsOf(reader, length);
  const data = reader.rest();
  const inPort = match.find((field) => field.field === 'in_port');
  if (inPort?.field !== 'in_port' || inPort.mask !== undefined) {
    return reader.fail('bad-value', 'Expected an exact in_port in the match of a packet-out', at);
  }
  const fields = match.filter((field) => field !== inPort);
  const packet: PacketOut = { type: 'packet_out', bufferId, inPort: inPort.value, actions, data };
  return fields.length === 0 ? packet : { ...packet, fields };
}
