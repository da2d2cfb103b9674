import type { Reader } from '../../bytes/reader.ts';
import type { Writer } from '../../bytes/writer.ts';
import type { Duration } from '../../statistics.ts';
import { type MeterBand, readBands, writeBands } from '../meters.ts';

/** Counters of a meter and its bands, OpenFlow 1.5.1 section 7.3.5.12. */
export interface MeterStats {
  readonly meterId: number;
  /** Flows of the meter: 0 in 1.5, which counts them no more. */
  readonly refCount: number;
  readonly packetInCount: bigint;
  readonly byteInCount: bigint;
  readonly duration: Duration;
  readonly bands: readonly { readonly packetCount: bigint; readonly byteCount: bigint }[];
}

/** A meter as it stands, section 7.3.5.13. */
export interface MeterConfig {
  readonly flags: number;
  readonly meterId: number;
  readonly bands: readonly MeterBand[];
}

/** What meters a switch can have, section 7.3.5.14. */
export interface MeterFeatures {
  readonly maxMeter: number;
  readonly bandTypes: number;
  readonly capabilities: number;
  readonly maxBands: number;
  readonly maxColor: number;
  /** 1.5; Open vSwitch leaves it out. */
  readonly features?: number;
}

export function readMeterStats(reader: Reader): MeterStats {
  const start = reader.pos;
  const meterId = reader.u32();
  const outer = reader.enter(start, reader.u16());
  reader.skip(6);
  const refCount = reader.u32();
  const packetInCount = reader.u64();
  const byteInCount = reader.u64();
  const duration = { sec: reader.u32(), nsec: reader.u32() };
  const bands: { packetCount: bigint; byteCount: bigint }[] = [];
  while (reader.pos < reader.end) bands.push({ packetCount: reader.u64(), byteCount: reader.u64() });
  reader.leave(outer);
  return { meterId, refCount, packetInCount, byteInCount, duration, bands };
}

export function writeMeterStats(writer: Writer, stats: MeterStats): void {
  const start = writer.pos;
  writer.u32(stats.meterId);
  writer.zeros(8);
  writer.u32(stats.refCount);
  writer.u64(stats.packetInCount);
  writer.u64(stats.byteInCount);
  writer.u32(stats.duration.sec);
  writer.u32(stats.duration.nsec);
  for (const band of stats.bands) {
    writer.u64(band.packetCount);
    writer.u64(band.byteCount);
  }
  writer.patch16(start + 4, writer.pos - start);
}

export function readMeterConfig(reader: Reader): MeterConfig {
  const outer = reader.enter(reader.pos, reader.u16());
  const config = { flags: reader.u16(), meterId: reader.u32(), bands: readBands(reader) };
  reader.leave(outer);
  return config;
}

export function writeMeterConfig(writer: Writer, config: MeterConfig): void {
  const start = writer.pos;
  writer.zeros(2);
  writer.u16(config.flags);
  writer.u32(config.meterId);
  writeBands(writer, config.bands);
  writer.patch16(start, writer.pos - start);
}

export function readMeterFeatures(reader: Reader): MeterFeatures {
  const features = {
    maxMeter: reader.u32(),
    bandTypes: reader.u32(),
    capabilities: reader.u32(),
    maxBands: reader.u8(),
    maxColor: reader.u8(),
  };
  reader.skip(2);
  if (reader.left === 0) return features;
  const more = reader.u32();
  reader.skip(4);
  return { ...features, features: more };
}

export function writeMeterFeatures(writer: Writer, features: MeterFeatures): void {
  writer.u32(features.maxMeter);
  writer.u32(features.bandTypes);
  writer.u32(features.capabilities);
  writer.u8(features.maxBands);
  writer.u8(features.maxColor);
  writer.zeros(2);
  if (features.features === undefined) return;
  writer.u32(features.features);
  writer.zeros(4);
}
