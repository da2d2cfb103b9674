import type { Reader } from '../bytes/reader.ts';
import type { Writer } from '../bytes/writer.ts';
import { OFPFC_ADD } from '../constants/commands.ts';
import { OFP_NO_BUFFER, OFPG_ANY, OFPP_ANY } from '../constants/reserved.ts';
import { OpenFlowError } from '../errors.ts';
import { type Instruction, readInstructions, writeInstructions } from '../instructions.ts';
import { type Match, readMatch, writeMatch } from '../oxm/match.ts';
import { readStatistics, type Statistics, writeStatistics } from '../statistics.ts';
import { OFP14_VERSION, OFP15_VERSION } from '../versions.ts';

/** Adds, changes or deletes flows, OpenFlow 1.5.1 section 7.3.4.2. Timeouts in seconds, 0 for none. */
export interface FlowMod {
  readonly type: 'flow_mod';
  readonly cookie: bigint;
  /** Which bits of the cookie a flow must share to be changed or deleted, 0 for all flows. */
  readonly cookieMask: bigint;
  readonly tableId: number;
  /** One of OFPFC_*. */
  readonly command: number;
  readonly idleTimeout: number;
  readonly hardTimeout: number;
  readonly priority: number;
  readonly bufferId: number;
  readonly outPort: number;
  readonly outGroup: number;
  /** Of OFPFF_*. */
  readonly flags: number;
  /** Who is evicted last from a full table: 1.4 and later, 0 before. */
  readonly importance: number;
  readonly match: Match;
  readonly instructions: readonly Instruction[];
}

/** A flow that is gone, section 7.4.2. */
export interface FlowRemoved {
  readonly type: 'flow_removed';
  readonly cookie: bigint;
  readonly priority: number;
  /** One of OFPRR_*. */
  readonly reason: number;
  readonly tableId: number;
  readonly idleTimeout: number;
  readonly hardTimeout: number;
  readonly match: Match;
  readonly statistics: Statistics;
}

/** A flow mod that adds to table 0 with priority 0x8000 and no restriction, but for what `given` says. */
export function flowMod(given: Partial<Omit<FlowMod, 'type'>>): FlowMod {
  return {
    type: 'flow_mod',
    cookie: 0n,
    cookieMask: 0n,
    tableId: 0,
    command: OFPFC_ADD,
    idleTimeout: 0,
    hardTimeout: 0,
    priority: 0x8000,
    bufferId: OFP_NO_BUFFER,
    outPort: OFPP_ANY,
    outGroup: OFPG_ANY,
    flags: 0,
    importance: 0,
    match: [],
    instructions: [],
    ...given,
  };
}

export function readFlowMod(reader: Reader): FlowMod {
  return {
    type: 'flow_mod',
    cookie: reader.u64(),
    cookieMask: reader.u64(),
    tableId: reader.u8(),
    command: reader.u8(),
    idleTimeout: reader.u16(),
    hardTimeout: reader.u16(),
    priority: reader.u16(),
    bufferId: reader.u32(),
    outPort: reader.u32(),
    outGroup: reader.u32(),
    flags: reader.u16(),
    importance: readImportance(reader),
    match: readMatch(reader),
    instructions: readInstructions(reader),
  };
}

export function writeFlowMod(writer: Writer, flow: FlowMod): void {
  writer.u64(flow.cookie);
  writer.u64(flow.cookieMask);
  writer.u8(flow.tableId);
  writer.u8(flow.command);
  writer.u16(flow.idleTimeout);
  writer.u16(flow.hardTimeout);
  writer.u16(flow.priority);
  writer.u32(flow.bufferId);
  writer.u32(flow.outPort);
  writer.u32(flow.outGroup);
  writer.u16(flow.flags);
  writeImportance(writer, flow.importance);
  writeMatch(writer, flow.match);
  writeInstructions(writer, flow.instructions);
}

export function readFlowRemoved(reader: Reader): FlowRemoved {
  if (reader.version >= OFP15_VERSION) return readFlowRemoved15(reader);
  const cookie = reader.u64();
  const priority = reader.u16();
  const reason = reader.u8();
  const tableId = reader.u8();
  const duration = { sec: reader.u32(), nsec: reader.u32() };
  const idleTimeout = reader.u16();
  const hardTimeout = reader.u16();
  const statistics = { duration, packetCount: reader.u64(), byteCount: reader.u64() };
  const match = readMatch(reader);
  return {
    type: 'flow_removed',
    cookie,
    priority,
    reason,
    tableId,
    idleTimeout,
    hardTimeout,
    match,
    statistics,
  };
}

export function writeFlowRemoved(writer: Writer, flow: FlowRemoved): void {
  if (writer.version >= OFP15_VERSION) {
    writeFlowRemoved15(writer, flow);
    return;
  }
  const { duration, packetCount, byteCount } = flow.statistics;
  writer.u64(flow.cookie);
  writer.u16(flow.priority);
  writer.u8(flow.reason);
  writer.u8(flow.tableId);
  writer.u32(duration?.sec ?? 0);
  writer.u32(duration?.nsec ?? 0);
  writer.u16(flow.idleTimeout);
  writer.u16(flow.hardTimeout);
  writer.u64(packetCount ?? 0n);
  writer.u64(byteCount ?? 0n);
  writeMatch(writer, flow.match);
}

/** Two bytes that 1.3 has as padding. */
export function readImportance(reader: Reader): number {
  const importance = reader.u16();
  return reader.version >= OFP14_VERSION ? importance : 0;
}

export function writeImportance(writer: Writer, importance: number): void {
  if (importance !== 0 && writer.version < OFP14_VERSION) {
    throw new OpenFlowError('not-in-version', `Expected OpenFlow 1.4 for a flow's importance of ${importance}`);
  }
  writer.u16(importance);
}

function readFlowRemoved15(reader: Reader): FlowRemoved {
  const tableId = reader.u8();
  const reason = reader.u8();
  const priority = reader.u16();
  const idleTimeout = reader.u16();
  const hardTimeout = reader.u16();
  const cookie = reader.u64();
  const match = readMatch(reader);
  const statistics = readStatistics(reader);
  return {
    type: 'flow_removed',
    cookie,
    priority,
    reason,
    tableId,
    idleTimeout,
    hardTimeout,
    match,
    statistics,
  };
}

function writeFlowRemoved15(writer: Writer, flow: FlowRemoved): void {
  writer.u8(flow.tableId);
  writer.u8(flow.reason);
  writer.u16(flow.priority);
  writer.u16(flow.idleTimeout);
  writer.u16(flow.hardTimeout);
  writer.u64(flow.cookie);
  writeMatch(writer, flow.match);
  writeStatistics(writer, flow.statistics);
}
