import type { Reader } from '../../bytes/reader.ts';
import type { Writer } from '../../bytes/writer.ts';

const TEXT_SIZE = 256;
const SERIAL_SIZE = 32;

/** What a switch says of itself, OpenFlow 1.5.1 section 7.3.5.1. */
export interface SwitchDesc {
  readonly manufacturer: string;
  readonly hardware: string;
  readonly software: string;
  readonly serialNumber: string;
  readonly datapath: string;
}

/** Counters of a flow table, section 7.3.5.5. */
export interface TableStats {
  readonly tableId: number;
  readonly activeCount: number;
  readonly lookupCount: bigint;
  readonly matchedCount: bigint;
}

export function readSwitchDesc(reader: Reader): SwitchDesc {
  return {
    manufacturer: reader.text(TEXT_SIZE),
    hardware: reader.text(TEXT_SIZE),
    software: reader.text(TEXT_SIZE),
    serialNumber: reader.text(SERIAL_SIZE),
    datapath: reader.text(TEXT_SIZE),
  };
}

export function writeSwitchDesc(writer: Writer, desc: SwitchDesc): void {
  writer.text(desc.manufacturer, TEXT_SIZE);
  writer.text(desc.hardware, TEXT_SIZE);
  writer.text(desc.software, TEXT_SIZE);
  writer.text(desc.serialNumber, SERIAL_SIZE);
  writer.text(desc.datapath, TEXT_SIZE);
}

export function readTableStats(reader: Reader): TableStats {
  const tableId = reader.u8();
  reader.skip(3);
  return { tableId, activeCount: reader.u32(), lookupCount: reader.u64(), matchedCount: reader.u64() };
}

export function writeTableStats(writer: Writer, stats: TableStats): void {
  writer.u8(stats.tableId);
  writer.zeros(3);
  writer.u32(stats.activeCount);
  writer.u64(stats.lookupCount);
  writer.u64(stats.matchedCount);
}
