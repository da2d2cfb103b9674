import type { Reader } from '../../bytes/reader.ts';
import type { Writer } from '../../bytes/writer.ts';
import { type RawProperty, readProperties, writeProperties, writeProperty } from '../../properties.ts';
import type { Duration } from '../../statistics.ts';
import { OFP14_VERSION } from '../../versions.ts';
import { refuseProperties } from '../ports.ts';

const OFPPSPT_ETHERNET = 0;

const COUNTERS = [
  'rxPackets',
  'txPackets',
  'rxBytes',
  'txBytes',
  'rxDropped',
  'txDropped',
  'rxErrors',
  'txErrors',
] as const;
const ETHERNET_COUNTERS = ['rxFrameErr', 'rxOverErr', 'rxCrcErr', 'collisions'] as const;

export type PortCounters = { readonly [C in (typeof COUNTERS)[number]]: bigint };
export type EthernetCounters = { readonly [C in (typeof ETHERNET_COUNTERS)[number]]: bigint };

/** Counters of a port, all ones where it has none. OpenFlow 1.5.1 section 7.3.5.6. */
export interface PortStats extends PortCounters {
  readonly portNo: number;
  readonly duration: Duration;
  /** Always there in 1.3. */
  readonly ethernet?: EthernetCounters;
  /** 1.4 and later. */
  readonly properties?: readonly RawProperty[];
}

export function readPortStats(reader: Reader): PortStats {
  if (reader.version >= OFP14_VERSION) return readPortStats14(reader);
  const portNo = reader.u32();
  reader.skip(4);
  const counters = readCounters(reader, COUNTERS);
  const ethernet = readCounters(reader, ETHERNET_COUNTERS);
  return { portNo, ...counters, ethernet, duration: { sec: reader.u32(), nsec: reader.u32() } };
}

export function writePortStats(writer: Writer, stats: PortStats): void {
  if (writer.version >= OFP14_VERSION) {
    writePortStats14(writer, stats);
    return;
  }
  refuseProperties(stats.properties ?? []);
  writer.u32(stats.portNo);
  writer.zeros(4);
  for (const name of COUNTERS) writer.u64(stats[name]);
  for (const name of ETHERNET_COUNTERS) writer.u64(stats.ethernet?.[name] ?? 0n);
  writer.u32(stats.duration.sec);
  writer.u32(stats.duration.nsec);
}

function readPortStats14(reader: Reader): PortStats {
  const outer = reader.enter(reader.pos, reader.u16());
  reader.skip(2);
  const portNo = reader.u32();
  const duration = { sec: reader.u32(), nsec: reader.u32() };
  const counters = readCounters(reader, COUNTERS);
  let ethernet: EthernetCounters | undefined;
  const properties = readProperties(reader, (type, content) => {
    if (type !== OFPPSPT_ETHERNET || content.left !== 36 || ethernet !== undefined) return false;
    content.skip(4);
    ethernet = readCounters(content, ETHERNET_COUNTERS);
    return true;
  });
  reader.leave(outer);
  const base = { portNo, duration, ...counters };
  return { ...base, ...(ethernet !== undefined && { ethernet }), ...(properties.length > 0 && { properties }) };
}

function writePortStats14(writer: Writer, stats: PortStats): void {
  const { ethernet, properties = [] } = stats;
  const start = writer.pos;
  writer.zeros(4);
  writer.u32(stats.portNo);
  writer.u32(stats.duration.sec);
  writer.u32(stats.duration.nsec);
  for (const name of COUNTERS) writer.u64(stats[name]);
  if (ethernet !== undefined) {
    writeProperty(writer, OFPPSPT_ETHERNET, () => {
      writer.zeros(4);
      for (const name of ETHERNET_COUNTERS) writer.u64(ethernet[name]);
    });
  }
  writeProperties(writer, properties);
  writer.patch16(start, writer.pos - start);
}

function readCounters<N extends string>(reader: Reader, names: readonly N[]): { readonly [C in N]: bigint } {
  return Object.fromEntries(names.map((name) => [name, reader.u64()])) as { readonly [C in N]: bigint };
}
