import type { Reader } from '../../bytes/reader.ts';
import type { Writer } from '../../bytes/writer.ts';
import { OFPG_ANY, OFPP_ANY, OFPTT_ALL } from '../../constants/reserved.ts';
import { type Instruction, readInstructions, writeInstructions } from '../../instructions.ts';
import { type Match, readMatch, writeMatch } from '../../oxm/match.ts';
import { readStatistics, type Statistics, writeStatistics } from '../../statistics.ts';
import { OFP15_VERSION } from '../../versions.ts';
import { readImportance, writeImportance } from '../flows.ts';

/** Which flows are meant, OpenFlow 1.5.1 sections 7.3.5.2 and 7.3.5.4. */
export interface FlowFilter {
  readonly tableId: number;
  readonly outPort: number;
  readonly outGroup: number;
  readonly cookie: bigint;
  /** The bits of the cookie that must agree, 0 for all flows. */
  readonly cookieMask: bigint;
  readonly match: Match;
}

/** A flow and its counters. 1.5 names this a flow description and lets counters be absent. */
export interface FlowEntry {
  readonly tableId: number;
  readonly priority: number;
  readonly idleTimeout: number;
  readonly hardTimeout: number;
  readonly flags: number;
  readonly importance: number;
  readonly cookie: bigint;
  readonly statistics: Statistics;
  readonly match: Match;
  readonly instructions: readonly Instruction[];
}

/** All flows of all tables, but for what `given` says. */
export function flowFilter(given: Partial<FlowFilter> = {}): FlowFilter {
  const all = { tableId: OFPTT_ALL, outPort: OFPP_ANY, outGroup: OFPG_ANY, cookie: 0n, cookieMask: 0n, match: [] };
  return { ...all, ...given };
}

export function readFilter(reader: Reader): FlowFilter {
  const tableId = reader.u8();
  reader.skip(3);
  const outPort = reader.u32();
  const outGroup = reader.u32();
  reader.skip(4);
  return { tableId, outPort, outGroup, cookie: reader.u64(), cookieMask: reader.u64(), match: readMatch(reader) };
}

export function writeFilter(writer: Writer, filter: FlowFilter): void {
  writer.u8(filter.tableId);
  writer.zeros(3);
  writer.u32(filter.outPort);
  writer.u32(filter.outGroup);
  writer.zeros(4);
  writer.u64(filter.cookie);
  writer.u64(filter.cookieMask);
  writeMatch(writer, filter.match);
}

export function readFlowEntry(reader: Reader): FlowEntry {
  const outer = reader.enter(reader.pos, reader.u16());
  const entry = reader.version >= OFP15_VERSION ? readEntry15(reader) : readEntry13(reader);
  reader.leave(outer);
  return entry;
}

export function writeFlowEntry(writer: Writer, entry: FlowEntry): void {
  const start = writer.pos;
  writer.zeros(2);
  if (writer.version >= OFP15_VERSION) writeEntry15(writer, entry);
  else writeEntry13(writer, entry);
  writer.patch16(start, writer.pos - start);
}

/** Counters of many flows together, section 7.3.5.4. */
export function readAggregate(reader: Reader): Statistics {
  if (reader.version >= OFP15_VERSION) return readStatistics(reader);
  const statistics = { packetCount: reader.u64(), byteCount: reader.u64(), flowCount: reader.u32() };
  reader.skip(4);
  return statistics;
}

export function writeAggregate(writer: Writer, statistics: Statistics): void {
  if (writer.version >= OFP15_VERSION) {
    writeStatistics(writer, statistics);
    return;
  }
  writer.u64(statistics.packetCount ?? 0n);
  writer.u64(statistics.byteCount ?? 0n);
  writer.u32(statistics.flowCount ?? 0);
  writer.zeros(4);
}

function readEntry13(reader: Reader): FlowEntry {
  const tableId = reader.u8();
  reader.skip(1);
  const duration = { sec: reader.u32(), nsec: reader.u32() };
  const priority = reader.u16();
  const idleTimeout = reader.u16();
  const hardTimeout = reader.u16();
  const flags = reader.u16();
  const importance = readImportance(reader);
  reader.skip(2);
  const cookie = reader.u64();
  const statistics = { duration, packetCount: reader.u64(), byteCount: reader.u64() };
  const base = { tableId, priority, idleTimeout, hardTimeout, flags, importance, cookie, statistics };
  return { ...base, match: readMatch(reader), instructions: readInstructions(reader) };
}

function writeEntry13(writer: Writer, entry: FlowEntry): void {
  const { duration, packetCount, byteCount } = entry.statistics;
  writer.u8(entry.tableId);
  writer.zeros(1);
  writer.u32(duration?.sec ?? 0);
  writer.u32(duration?.nsec ?? 0);
  writer.u16(entry.priority);
  writer.u16(entry.idleTimeout);
  writer.u16(entry.hardTimeout);
  writer.u16(entry.flags);
  writeImportance(writer, entry.importance);
  writer.zeros(2);
  writer.u64(entry.cookie);
  writer.u64(packetCount ?? 0n);
  writer.u64(byteCount ?? 0n);
  writeMatch(writer, entry.match);
  writeInstructions(writer, entry.instructions);
}

function readEntry15(reader: Reader): FlowEntry {
  reader.skip(2);
  const tableId = reader.u8();
  reader.skip(1);
  const priority = reader.u16();
  const idleTimeout = reader.u16();
  const hardTimeout = reader.u16();
  const flags = reader.u16();
  const importance = reader.u16();
  const cookie = reader.u64();
  const match = readMatch(reader);
  const statistics = readStatistics(reader);
  const base = { tableId, priority, idleTimeout, hardTimeout, flags, importance, cookie, statistics, match };
  return { ...base, instructions: readInstructions(reader) };
}

function writeEntry15(writer: Writer, entry: FlowEntry): void {
  writer.zeros(2);
  writer.u8(entry.tableId);
  writer.zeros(1);
  writer.u16(entry.priority);
  writer.u16(entry.idleTimeout);
  writer.u16(entry.hardTimeout);
  writer.u16(entry.flags);
  writer.u16(entry.importance);
  writer.u64(entry.cookie);
  writeMatch(writer, entry.match);
  writeStatistics(writer, entry.statistics);
  writeInstructions(writer, entry.instructions);
}
