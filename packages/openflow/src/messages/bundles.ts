import type { Reader } from '../bytes/reader.ts';
import type { Writer } from '../bytes/writer.ts';
import { type RawProperty, readProperties, writeProperties } from '../properties.ts';

/** A step of a bundle, OpenFlow 1.5.1 section 7.3.9.2; on 1.3 the ONF's extension 230. */
export interface BundleControl {
  readonly type: 'bundle_control';
  readonly bundleId: number;
  /** One of OFPBCT_*. */
  readonly control: number;
  /** Of OFPBF_*. */
  readonly flags: number;
  readonly properties: readonly RawProperty[];
}

/** Puts a message into a bundle, section 7.3.9.6. Outer and inner message share version and xid. */
export interface BundleAdd<M> {
  readonly type: 'bundle_add';
  readonly bundleId: number;
  readonly flags: number;
  readonly message: M;
  readonly properties: readonly RawProperty[];
}

export function readBundleControl(reader: Reader): BundleControl {
  return {
    type: 'bundle_control',
    bundleId: reader.u32(),
    control: reader.u16(),
    flags: reader.u16(),
    properties: readProperties(reader),
  };
}

export function writeBundleControl(writer: Writer, control: BundleControl): void {
  writer.u32(control.bundleId);
  writer.u16(control.control);
  writer.u16(control.flags);
  writeProperties(writer, control.properties);
}

/** `readMessage` reads a whole message, header included, and leaves the reader past it. */
export function readBundleAdd<M>(reader: Reader, readMessage: (reader: Reader) => M): BundleAdd<M> {
  const bundleId = reader.u32();
  reader.skip(2);
  const flags = reader.u16();
  const start = reader.pos;
  const message = reader.deeper(() => readMessage(reader));
  // Padding stands between message and properties alone: without a property there is none.
  if (reader.pos < reader.end) reader.skipPadding(start);
  return { type: 'bundle_add', bundleId, flags, message, properties: readProperties(reader) };
}

export function writeBundleAdd<M>(writer: Writer, add: BundleAdd<M>, writeMessage: (message: M) => void): void {
  writer.u32(add.bundleId);
  writer.zeros(2);
  writer.u16(add.flags);
  const start = writer.pos;
  writeMessage(add.message);
  if (add.properties.length > 0) writer.pad(start);
  writeProperties(writer, add.properties);
}
