import type { Reader } from '../../bytes/reader.ts';
import type { Writer } from '../../bytes/writer.ts';
import { OpenFlowError } from '../../errors.ts';
import { readFieldRef, readShortFieldRef, type Subfield, writeFieldRef, writeShortFieldRef } from '../../oxm/header.ts';
import * as n from '../numbers.ts';
import type { Load, Move, OutputField, Stack } from '../types.ts';

/** A range of bits in 16: the offset in the upper 10, the number of bits less one in the lower 6. */
export function offsetOf(range: number): Pick<Subfield, 'offset' | 'bits'> {
  return { offset: range >> 6, bits: (range & 0x3f) + 1 };
}

export function rangeOf(subfield: Subfield): number {
  const { offset, bits } = subfield;
  if (bits < 1 || bits > 64 || offset < 0 || offset > 1023) {
    throw new OpenFlowError('out-of-range', `Expected 1 to 64 bits from 0 to 1023, got ${bits} from ${offset}`);
  }
  return (offset << 6) | (bits - 1);
}

export function readMove(reader: Reader): Move {
  const bits = reader.u16();
  const sourceOffset = reader.u16();
  const destinationOffset = reader.u16();
  const source = readFieldRef(reader);
  const destination = readFieldRef(reader);
  if (reader.left > 7) reader.fail('bad-length', `Expected padding alone, got ${reader.left} bytes more`);
  reader.skip(reader.left);
  return { type: 'move', bits, source, sourceOffset, destination, destinationOffset };
}

export function writeMove(writer: Writer, action: Move): number {
  writer.u16(action.bits);
  writer.u16(action.sourceOffset);
  writer.u16(action.destinationOffset);
  writeFieldRef(writer, action.source);
  writeFieldRef(writer, action.destination);
  return n.NXAST_REG_MOVE;
}

export function readLoad(reader: Reader): Load {
  const range = offsetOf(reader.u16());
  const field = readShortFieldRef(reader);
  return { type: 'load', value: reader.u64(), to: { field, ...range } };
}

export function writeLoad(writer: Writer, action: Load): number {
  writer.u16(rangeOf(action.to));
  writeShortFieldRef(writer, action.to.field);
  writer.u64(action.value);
  return n.NXAST_REG_LOAD;
}

export function readOutputReg(reader: Reader): OutputField {
  const range = offsetOf(reader.u16());
  const field = readShortFieldRef(reader);
  const maxLen = reader.u16();
  reader.skip(6);
  return { type: 'output_reg', source: { field, ...range }, maxLen };
}

export function writeOutputReg(writer: Writer, action: OutputField): number {
  writer.u16(rangeOf(action.source));
  writeShortFieldRef(writer, action.source.field);
  writer.u16(action.maxLen);
  writer.zeros(6);
  return n.NXAST_OUTPUT_REG;
}

export function readStack(reader: Reader, type: Stack['type']): Stack {
  const offset = reader.u16();
  const field = readFieldRef(reader);
  const bits = reader.u16();
  if (reader.left > 7) reader.fail('bad-length', `Expected padding alone, got ${reader.left} bytes more`);
  reader.skip(reader.left);
  return { type, field: { field, offset, bits } };
}

export function writeStack(writer: Writer, action: Stack): number {
  const start = writer.pos;
  writer.u16(action.field.offset);
  writeFieldRef(writer, action.field.field);
  writer.u16(action.field.bits);
  // The action has 24 bytes whichever header it holds.
  writer.zeros(14 - (writer.pos - start));
  return action.type === 'push' ? n.NXAST_STACK_PUSH : n.NXAST_STACK_POP;
}
