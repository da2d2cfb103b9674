import type { Reader } from './bytes/reader.ts';
import type { Writer } from './bytes/writer.ts';

/** A time span as the wire has it. */
export interface Duration {
  readonly sec: number;
  readonly nsec: number;
}

/** A statistic without a name here, carried as it came. */
export interface UnknownStatistic {
  readonly class: number;
  readonly field: number;
  readonly payload: Uint8Array;
}

/**
 * Counters of a flow, or of many. 1.3 and 1.4 have fixed fields for them; 1.5 sends those it wants to as OXS fields
 * (OpenFlow 1.5.1 section 7.2.4.2), so any may be missing there.
 */
export interface Statistics {
  readonly duration?: Duration;
  /** How long no packet has come: 1.5. */
  readonly idleTime?: Duration;
  readonly packetCount?: bigint;
  readonly byteCount?: bigint;
  readonly flowCount?: number;
  /** 1.5. */
  readonly unknown?: readonly UnknownStatistic[];
}

const OFPXSC_OPENFLOW_BASIC = 0x8002;
const DURATION = 0;
const IDLE_TIME = 1;
const FLOW_COUNT = 3;
const PACKET_COUNT = 4;
const BYTE_COUNT = 5;

/** The statistics of 1.5 with their padding. */
export function readStatistics(reader: Reader): Statistics {
  const start = reader.pos;
  reader.skip(2);
  const outer = reader.enter(start, reader.u16());
  const known: { -readonly [K in keyof Statistics]: Statistics[K] } = {};
  const unknown: UnknownStatistic[] = [];
  while (reader.pos < reader.end) {
    const cls = reader.u16();
    const second = reader.u8();
    const length = reader.u8();
    const nested = reader.enter(reader.pos, length);
    if (cls !== OFPXSC_OPENFLOW_BASIC || !readKnown(reader, second, length, known)) {
      unknown.push({ class: cls, field: second, payload: reader.rest() });
    }
    reader.leave(nested);
  }
  reader.leave(outer);
  reader.skipPadding(start);
  return unknown.length === 0 ? known : { ...known, unknown };
}

/** In the order of Open vSwitch: time, idle time, packets, bytes, flows. */
export function writeStatistics(writer: Writer, statistics: Statistics): void {
  const { duration, idleTime, packetCount, byteCount, flowCount, unknown = [] } = statistics;
  const start = writer.pos;
  writer.zeros(4);
  if (duration !== undefined) writeDuration(writer, DURATION, duration);
  if (idleTime !== undefined) writeDuration(writer, IDLE_TIME, idleTime);
  if (packetCount !== undefined) writeCount(writer, PACKET_COUNT, packetCount);
  if (byteCount !== undefined) writeCount(writer, BYTE_COUNT, byteCount);
  if (flowCount !== undefined) {
    writeHeader(writer, OFPXSC_OPENFLOW_BASIC, FLOW_COUNT << 1, 4);
    writer.u32(flowCount);
  }
  for (const { class: cls, field, payload } of unknown) {
    writeHeader(writer, cls, field, payload.length);
    writer.bytes(payload);
  }
  writer.patch16(start + 2, writer.pos - start);
  writer.pad(start);
}

function readKnown(
  reader: Reader,
  second: number,
  length: number,
  into: { -readonly [K in keyof Statistics]: Statistics[K] },
): boolean {
  if (second === FLOW_COUNT << 1 && length === 4 && into.flowCount === undefined) {
    into.flowCount = reader.u32();
    return true;
  }
  if (length !== 8) return false;
  if (second === DURATION << 1 && into.duration === undefined) into.duration = readDuration(reader);
  else if (second === IDLE_TIME << 1 && into.idleTime === undefined) into.idleTime = readDuration(reader);
  else if (second === PACKET_COUNT << 1 && into.packetCount === undefined) into.packetCount = reader.u64();
  else if (second === BYTE_COUNT << 1 && into.byteCount === undefined) into.byteCount = reader.u64();
  else return false;
  return true;
}

function readDuration(reader: Reader): Duration {
  return { sec: reader.u32(), nsec: reader.u32() };
}

function writeDuration(writer: Writer, field: number, { sec, nsec }: Duration): void {
  writeHeader(writer, OFPXSC_OPENFLOW_BASIC, field << 1, 8);
  writer.u32(sec);
  writer.u32(nsec);
}

function writeCount(writer: Writer, field: number, count: bigint): void {
  writeHeader(writer, OFPXSC_OPENFLOW_BASIC, field << 1, 8);
  writer.u64(count);
}

function writeHeader(writer: Writer, cls: number, second: number, length: number): void {
  writer.u16(cls);
  writer.u8(second);
  writer.u8(length);
}
