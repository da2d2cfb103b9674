import type { Reader } from '../bytes/reader.ts';
import type { Writer } from '../bytes/writer.ts';

const OFPMBT_DROP = 1;
const OFPMBT_DSCP_REMARK = 2;

/** What a meter does past a rate (kbit/s or packets/s by the meter's flags), OpenFlow 1.5.1 section 7.3.4.5.1. */
export type MeterBand =
  | { readonly type: 'drop'; readonly rate: number; readonly burstSize: number }
  | { readonly type: 'dscp_remark'; readonly rate: number; readonly burstSize: number; readonly precLevel: number }
  | {
      readonly type: 'unknown';
      readonly bandType: number;
      readonly rate: number;
      readonly burstSize: number;
      readonly data: Uint8Array;
    };

/** Adds, changes or deletes a meter, section 7.3.4.5. */
export interface MeterMod {
  readonly type: 'meter_mod';
  /** One of OFPMC_*. */
  readonly command: number;
  /** Of OFPMF_*. */
  readonly flags: number;
  readonly meterId: number;
  readonly bands: readonly MeterBand[];
}

export function readMeterMod(reader: Reader): MeterMod {
  return {
    type: 'meter_mod',
    command: reader.u16(),
    flags: reader.u16(),
    meterId: reader.u32(),
    bands: readBands(reader),
  };
}

export function writeMeterMod(writer: Writer, mod: MeterMod): void {
  writer.u16(mod.command);
  writer.u16(mod.flags);
  writer.u32(mod.meterId);
  writeBands(writer, mod.bands);
}

/** Bands until the structure ends. */
export function readBands(reader: Reader): readonly MeterBand[] {
  const bands: MeterBand[] = [];
  while (reader.pos < reader.end) {
    const start = reader.pos;
    const type = reader.u16();
    const outer = reader.enter(start, reader.u16());
    bands.push(readBand(reader, type));
    reader.leave(outer);
  }
  return bands;
}

export function writeBands(writer: Writer, bands: readonly MeterBand[]): void {
  for (const band of bands) {
    const start = writer.pos;
    writer.zeros(4);
    writer.u32(band.rate);
    writer.u32(band.burstSize);
    writer.patch16(start, writeBand(writer, band));
    writer.patch16(start + 2, writer.pos - start);
  }
}

function readBand(reader: Reader, type: number): MeterBand {
  const rate = reader.u32();
  const burstSize = reader.u32();
  if (type === OFPMBT_DROP) {
    reader.skip(4);
    return { type: 'drop', rate, burstSize };
  }
  if (type === OFPMBT_DSCP_REMARK) {
    const precLevel = reader.u8();
    reader.skip(3);
    return { type: 'dscp_remark', rate, burstSize, precLevel };
  }
  return { type: 'unknown', bandType: type, rate, burstSize, data: reader.rest() };
}

/** Answers the band's type. */
function writeBand(writer: Writer, band: MeterBand): number {
  switch (band.type) {
    case 'drop':
      writer.zeros(4);
      return OFPMBT_DROP;
    case 'dscp_remark':
      writer.u8(band.precLevel);
      writer.zeros(3);
      return OFPMBT_DSCP_REMARK;
    case 'unknown':
      writer.bytes(band.data);
      return band.bandType;
  }
}
