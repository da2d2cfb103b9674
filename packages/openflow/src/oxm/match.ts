import { readIpv4, readIpv6, readMac, writeIpv4, writeIpv6, writeMac } from '../bytes/addresses.ts';
import type { Reader } from '../bytes/reader.ts';
import type { Writer } from '../bytes/writer.ts';
import { OpenFlowError } from '../errors.ts';
import type { FieldKind, FieldName, FieldSpec, FieldValue } from './fields.ts';
import { OFPXMC_EXPERIMENTER, requiredField, specOf, writeFieldHeader } from './header.ts';

/** OXM matches alone are spoken, OpenFlow 1.5.1 section 7.2.3.1. */
export const OFPMT_OXM = 1;

/** A field with its value; the mask's 1-bits say which bits of it count. */
export type KnownField = {
  readonly [N in FieldName]: { readonly field: N; readonly value: FieldValue<N>; readonly mask?: FieldValue<N> };
}[FieldName];

/** A field that this codec has no name for: carried as it came, its payload past the header untouched. */
export interface UnknownField {
  readonly field: 'unknown';
  readonly class: number;
  readonly number: number;
  readonly hasMask: boolean;
  readonly payload: Uint8Array;
}

export type MatchField = KnownField | UnknownField;

/** The fields of a match in the order of the wire; a field's prerequisites stand before it. */
export type Match = readonly MatchField[];

/** Value and mask of a field where a value alone would be exact. */
export interface Masked<V> {
  readonly value: V;
  readonly mask: V;
}

/** A match from names and values, in the order written: `match({ eth_type: 0x0800, ipv4_dst: '10.0.0.1' })`. */
export function match(fields: { readonly [N in FieldName]?: FieldValue<N> | Masked<FieldValue<N>> }): Match {
  return Object.entries(fields).map(([field, given]) => {
    return (typeof given === 'object' ? { field, ...given } : { field, value: given }) as KnownField;
  });
}

/** The value of a field, `undefined` if the match leaves it open. */
export function fieldValue<N extends FieldName>(fields: Match, name: N): FieldValue<N> | undefined {
  for (const field of fields) if (field.field === name) return field.value as FieldValue<N>;
  return undefined;
}

export function isMasked(field: MatchField): boolean {
  return field.field === 'unknown' ? field.hasMask : field.mask !== undefined;
}

/** A whole match with its padding, OpenFlow 1.5.1 section 7.2.3. */
export function readMatch(reader: Reader): Match {
  const start = reader.pos;
  const type = reader.u16();
  const length = reader.u16();
  if (type !== OFPMT_OXM) reader.fail('bad-value', `Expected an OXM match, got match type ${type}`, start);
  const outer = reader.enter(start, length);
  const fields = readFields(reader);
  reader.leave(outer);
  reader.skipPadding(start);
  return fields;
}

export function writeMatch(writer: Writer, fields: Match): void {
  const start = writer.pos;
  writer.u16(OFPMT_OXM);
  writer.u16(0);
  for (const field of fields) writeField(writer, field);
  writer.patch16(start + 2, writer.pos - start);
  writer.pad(start);
}

/** Fields until the structure ends. */
export function readFields(reader: Reader): Match {
  const fields: MatchField[] = [];
  while (reader.pos < reader.end) fields.push(readField(reader));
  return fields;
}

export function readField(reader: Reader): MatchField {
  const start = reader.pos;
  const cls = reader.u16();
  const second = reader.u8();
  const length = reader.u8();
  const outer = reader.enter(start, length + 4);
  const field = readBody(reader, cls, second >> 1, (second & 1) === 1, length);
  reader.leave(outer);
  return field;
}

export function writeField(writer: Writer, field: MatchField): void {
  if (field.field === 'unknown') {
    if (field.number > 0x7f) throw new OpenFlowError('out-of-range', `Expected a field to 127, got ${field.number}`);
    writer.u16(field.class);
    writer.u8((field.number << 1) | (field.hasMask ? 1 : 0));
    writer.u8(field.payload.length);
    writer.bytes(field.payload);
    return;
  }
  const spec = requiredField(field.field);
  writeFieldHeader(writer, spec, field.mask !== undefined);
  const write = WRITERS[spec.kind] as (writer: Writer, value: number | bigint | string) => void;
  write(writer, field.value);
  if (field.mask !== undefined) write(writer, field.mask);
}

function readBody(reader: Reader, cls: number, number: number, hasMask: boolean, length: number): MatchField {
  const start = reader.pos;
  const experimenter = cls === OFPXMC_EXPERIMENTER && length >= 4 ? reader.u32() : undefined;
  const spec = specOf(reader.version, cls, number, experimenter);
  const size = start + length - reader.pos;
  if (spec !== undefined && size === (hasMask ? spec.size * 2 : spec.size)) return readKnown(reader, spec, hasMask);
  reader.pos = start;
  return { field: 'unknown', class: cls, number, hasMask, payload: reader.rest() };
}

function readKnown(reader: Reader, spec: FieldSpec, hasMask: boolean): KnownField {
  const value = readValue(reader, spec.kind);
  if (!hasMask) return { field: spec.name, value } as KnownField;
  return { field: spec.name, value, mask: readValue(reader, spec.kind) } as KnownField;
}

function readValue(reader: Reader, kind: FieldKind): number | bigint | string {
  switch (kind) {
    case 'u8':
      return reader.u8();
    case 'u16':
      return reader.u16();
    case 'u24':
      return (reader.u8() << 16) | reader.u16();
    case 'u32':
      return reader.u32();
    case 'u64':
      return reader.u64();
    case 'u128':
      return (reader.u64() << 64n) | reader.u64();
    case 'mac':
      return readMac(reader);
    case 'ipv4':
      return readIpv4(reader);
    case 'ipv6':
      return readIpv6(reader);
  }
}

const WRITERS: Readonly<Record<FieldKind, (writer: Writer, value: never) => void>> = {
  u8: (writer, value: number) => writer.u8(value),
  u16: (writer, value: number) => writer.u16(value),
  u24: (writer, value: number) => {
    writer.u8(value >>> 16);
    writer.u16(value & 0xffff);
  },
  u32: (writer, value: number) => writer.u32(value),
  u64: (writer, value: bigint) => writer.u64(value),
  u128: (writer, value: bigint) => writer.wide(value, 16),
  mac: writeMac,
  ipv4: writeIpv4,
  ipv6: writeIpv6,
};
