import type { Reader } from '../bytes/reader.ts';
import type { Writer } from '../bytes/writer.ts';
import { OpenFlowError } from '../errors.ts';
import { OFP15_VERSION, type Version } from '../versions.ts';
import { type FieldName, type FieldSpec, fieldNamed, fieldNumbered } from './fields.ts';

export const OFPXMC_EXPERIMENTER = 0xffff;
export const ONF_EXPERIMENTER_ID = 0x4f4e4600;

/** A field's header that this codec has no name for, or one of an unexpected length. */
export interface RawField {
  readonly class: number;
  readonly number: number;
  readonly hasMask: boolean;
  /** As in the header: of value and mask, and of the experimenter's id where there is one. */
  readonly length: number;
  /** Of an experimenter's field, OpenFlow 1.5.1 section 7.2.3.8. */
  readonly experimenter?: number;
}

/** A field without a value, as actions name it: by its name, or by a header that has none. */
export type FieldRef = FieldName | RawField;

/** `bits` bits of a field, from bit `offset` upwards (bit 0 is the least). */
export interface Subfield {
  readonly field: FieldRef;
  readonly offset: number;
  readonly bits: number;
}

/**
 * Whether the version writes the field as ONF's experimenter field. tcp_flags and actset_output became basic fields
 * in 1.5; before that they are extensions 109 and 233 of the ONF (OpenFlow 1.5.1 appendix B.18).
 */
function isOnfField(spec: FieldSpec, version: Version): boolean {
  return version < OFP15_VERSION && spec.class === 0x8000 && (spec.number === 42 || spec.number === 43);
}

/** The field of the header, `undefined` if the version has none such. */
export function specOf(version: Version, cls: number, number: number, experimenter?: number): FieldSpec | undefined {
  if (cls === OFPXMC_EXPERIMENTER) {
    const spec = experimenter === ONF_EXPERIMENTER_ID ? fieldNumbered(0x8000, number) : undefined;
    return spec !== undefined && isOnfField(spec, version) ? spec : undefined;
  }
  const spec = fieldNumbered(cls, number);
  return spec !== undefined && isOnfField(spec, version) ? undefined : spec;
}

/** A header of 4 bytes, of 8 if it is an experimenter's. */
export function readFieldRef(reader: Reader): FieldRef {
  const cls = reader.u16();
  const second = reader.u8();
  const length = reader.u8();
  const experimenter = cls === OFPXMC_EXPERIMENTER ? reader.u32() : undefined;
  return refOf(reader.version, cls, second, length, experimenter);
}

/** A header where the structure has room for 4 bytes alone. */
export function readShortFieldRef(reader: Reader): FieldRef {
  const cls = reader.u16();
  const second = reader.u8();
  return refOf(reader.version, cls, second, reader.u8());
}

export function writeFieldRef(writer: Writer, ref: FieldRef): void {
  if (typeof ref === 'string') {
    const spec = requiredField(ref);
    writeFieldHeader(writer, spec, false);
  } else {
    writeShortFieldRef(writer, ref);
    if (ref.class === OFPXMC_EXPERIMENTER) writer.u32(ref.experimenter ?? 0);
  }
}

export function writeShortFieldRef(writer: Writer, ref: FieldRef): void {
  if (typeof ref === 'string') {
    const spec = requiredField(ref);
    if (isOnfField(spec, writer.version)) {
      throw new OpenFlowError('not-in-version', `Expected a field of a short header, got ${ref}`);
    }
    writeFieldHeader(writer, spec, false);
  } else {
    if (ref.number > 0x7f) throw new OpenFlowError('out-of-range', `Expected a field number to 127, got ${ref.number}`);
    writer.u16(ref.class);
    writer.u8((ref.number << 1) | (ref.hasMask ? 1 : 0));
    writer.u8(ref.length);
  }
}

/** The header that a value (and a mask of the same size) follows. */
export function writeFieldHeader(writer: Writer, spec: FieldSpec, hasMask: boolean): void {
  const onf = isOnfField(spec, writer.version);
  writer.u16(onf ? OFPXMC_EXPERIMENTER : spec.class);
  writer.u8((spec.number << 1) | (hasMask ? 1 : 0));
  writer.u8((onf ? 4 : 0) + (hasMask ? spec.size * 2 : spec.size));
  if (onf) writer.u32(ONF_EXPERIMENTER_ID);
}

/** The field of that name. Throws `out-of-range`. */
export function requiredField(name: string): FieldSpec {
  const spec = fieldNamed(name);
  if (spec === undefined) throw new OpenFlowError('out-of-range', `Expected the name of a field, got ${name}`);
  return spec;
}

function refOf(version: Version, cls: number, second: number, length: number, experimenter?: number): FieldRef {
  const number = second >> 1;
  const hasMask = (second & 1) === 1;
  const spec = specOf(version, cls, number, experimenter);
  const size = length - (experimenter === undefined ? 0 : 4);
  if (spec !== undefined && !hasMask && size === spec.size) return spec.name;
  const raw = { class: cls, number, hasMask, length };
  return experimenter === undefined ? raw : { ...raw, experimenter };
}
