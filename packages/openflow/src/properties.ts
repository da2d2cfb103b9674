import type { Reader } from './bytes/reader.ts';
import type { Writer } from './bytes/writer.ts';

/** A property (OpenFlow 1.5.1 section 7.2.1.2, and elements of a hello) that this codec carries as it came. */
export interface RawProperty {
  readonly type: number;
  /** What follows type and length; the padding to 8 bytes is not part of it. */
  readonly data: Uint8Array;
}

/** Takes a property's content: `true` if it was read, `false` to have it carried raw. */
export type PropertyTaker = (type: number, reader: Reader) => boolean;

const takeNone: PropertyTaker = () => false;

/** Properties until the structure ends; those that `take` leaves come back raw. */
export function readProperties(reader: Reader, take: PropertyTaker = takeNone): readonly RawProperty[] {
  const raw: RawProperty[] = [];
  while (reader.pos < reader.end) {
    const start = reader.pos;
    const type = reader.u16();
    const length = reader.u16();
    const outer = reader.enter(start, length);
    const content = reader.pos;
    if (!take(type, reader)) {
      reader.pos = content;
      raw.push({ type, data: reader.rest() });
    }
    reader.leave(outer);
    reader.skipPadding(start);
  }
  return raw;
}

export function writeProperties(writer: Writer, properties: readonly RawProperty[]): void {
  for (const { type, data } of properties) writeProperty(writer, type, () => writer.bytes(data));
}

/** One property around what `content` writes, padded to 8 bytes past its stated length. */
export function writeProperty(writer: Writer, type: number, content: () => void): void {
  const start = writer.pos;
  writer.u16(type);
  writer.u16(0);
  content();
  writer.patch16(start + 2, writer.pos - start);
  writer.pad(start);
}
