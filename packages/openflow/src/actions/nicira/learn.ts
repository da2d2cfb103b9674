import type { Reader } from '../../bytes/reader.ts';
import type { Writer } from '../../bytes/writer.ts';
import { OpenFlowError } from '../../errors.ts';
import { readFieldRef, readShortFieldRef, writeFieldRef, writeShortFieldRef } from '../../oxm/header.ts';
import { NX_LEARN_F_WRITE_RESULT, NXAST_LEARN, NXAST_LEARN2 } from '../numbers.ts';
import type { Learn, LearnField, LearnSpec } from '../types.ts';

// The header of a spec: bit 13 says that the source is a number, bits 12 and 11 what becomes of it, the rest how many
// bits (ovs-actions(7), the learn action).
const IMMEDIATE = 1 << 13;
const KINDS = ['match', 'load', 'output'] as const;
const MAX_BITS = 0x3ff;

export function readLearn(reader: Reader, subtype: number): Learn {
  const base = readBase(reader);
  if (subtype === NXAST_LEARN) return { ...base, specs: readSpecs(reader) };
  const limit = reader.u32();
  const offset = reader.u16();
  reader.skip(2);
  const result =
    (base.flags & NX_LEARN_F_WRITE_RESULT) === 0 ? undefined : { result: { field: readFieldRef(reader), offset } };
  return { ...base, limit, ...result, specs: readSpecs(reader) };
}

export function writeLearn(writer: Writer, learn: Learn): number {
  const { result } = learn;
  if ((result !== undefined) !== ((learn.flags & NX_LEARN_F_WRITE_RESULT) !== 0) && learn.limit !== undefined) {
    throw new OpenFlowError('out-of-range', 'Expected a result of learn with NX_LEARN_F_WRITE_RESULT, or neither');
  }
  writer.u16(learn.idleTimeout);
  writer.u16(learn.hardTimeout);
  writer.u16(learn.priority);
  writer.u64(learn.cookie);
  writer.u16(learn.flags);
  writer.u8(learn.table);
  writer.zeros(1);
  writer.u16(learn.finIdleTimeout);
  writer.u16(learn.finHardTimeout);
  if (learn.limit !== undefined) {
    writer.u32(learn.limit);
    writer.u16(result?.offset ?? 0);
    writer.zeros(2);
    if (result !== undefined) writeFieldRef(writer, result.field);
  } else if (result !== undefined) {
    throw new OpenFlowError('out-of-range', 'Expected a limit of learn beside its result');
  }
  for (const spec of learn.specs) writeSpec(writer, spec);
  return learn.limit === undefined ? NXAST_LEARN : NXAST_LEARN2;
}

function readBase(reader: Reader): Omit<Learn, 'specs' | 'limit' | 'result'> {
  const idleTimeout = reader.u16();
  const hardTimeout = reader.u16();
  const priority = reader.u16();
  const cookie = reader.u64();
  const flags = reader.u16();
  const table = reader.u8();
  reader.skip(1);
  const finIdleTimeout = reader.u16();
  const finHardTimeout = reader.u16();
  return { type: 'learn', idleTimeout, hardTimeout, priority, cookie, flags, table, finIdleTimeout, finHardTimeout };
}

/** Specs until a header of zero, which is padding, or the end. */
function readSpecs(reader: Reader): readonly LearnSpec[] {
  const specs: LearnSpec[] = [];
  while (reader.left >= 2) {
    const header = reader.u16();
    if (header === 0) break;
    specs.push(readSpec(reader, header));
  }
  if (reader.left > 7) reader.fail('bad-length', `Expected padding alone, got ${reader.left} bytes more`);
  reader.skip(reader.left);
  return specs;
}

function readSpec(reader: Reader, header: number): LearnSpec {
  const bits = header & MAX_BITS;
  const kind = KINDS[(header >> 11) & 3];
  if (kind === undefined || bits === 0 || (header & 0xc400) !== 0) {
    return reader.fail('bad-value', `Expected the header of a learn spec, got 0x${header.toString(16)}`);
  }
  const source = (header & IMMEDIATE) === 0 ? readLearnField(reader) : { value: readImmediate(reader, bits) };
  if (kind === 'output') return { bits, source, destination: { kind } };
  return { bits, source, destination: { kind, ...readLearnField(reader) } };
}

function writeSpec(writer: Writer, spec: LearnSpec): void {
  const { bits, source, destination } = spec;
  if (bits < 1 || bits > MAX_BITS) throw new OpenFlowError('out-of-range', `Expected 1 to 1023 bits, got ${bits}`);
  const immediate = 'value' in source;
  writer.u16((immediate ? IMMEDIATE : 0) | (KINDS.indexOf(destination.kind) << 11) | bits);
  if (immediate) writer.wide(source.value, immediateSize(bits));
  else writeLearnField(writer, source);
  if (destination.kind !== 'output') writeLearnField(writer, destination);
}

function readLearnField(reader: Reader): LearnField {
  const field = readShortFieldRef(reader);
  return { field, offset: reader.u16() };
}

function writeLearnField(writer: Writer, field: LearnField): void {
  writeShortFieldRef(writer, field.field);
  writer.u16(field.offset);
}

function readImmediate(reader: Reader, bits: number): bigint {
  let value = 0n;
  for (let i = 0; i < immediateSize(bits); i += 2) value = (value << 16n) | BigInt(reader.u16());
  return value;
}

/** In whole 16-bit units, the number at their right. */
function immediateSize(bits: number): number {
  return 2 * Math.ceil(bits / 16);
}
