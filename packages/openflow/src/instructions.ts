import { readActions, writeActions } from './actions/codec.ts';
import type { Action } from './actions/types.ts';
import type { Reader } from './bytes/reader.ts';
import type { Writer } from './bytes/writer.ts';
import {
  OFPIT_APPLY_ACTIONS,
  OFPIT_CLEAR_ACTIONS,
  OFPIT_EXPERIMENTER,
  OFPIT_GOTO_TABLE,
  OFPIT_METER,
  OFPIT_WRITE_ACTIONS,
  OFPIT_WRITE_METADATA,
} from './constants/instructions.ts';

/** What a flow does with a packet, OpenFlow 1.5.1 section 5.6. `data` is what follows type, length (and id). */
export type Instruction =
  | { readonly type: 'goto_table'; readonly table: number }
  | { readonly type: 'write_metadata'; readonly metadata: bigint; readonly mask: bigint }
  | { readonly type: 'write_actions' | 'apply_actions'; readonly actions: readonly Action[] }
  | { readonly type: 'clear_actions' }
  | { readonly type: 'meter'; readonly meterId: number }
  | { readonly type: 'experimenter'; readonly experimenter: number; readonly data: Uint8Array }
  | { readonly type: 'unknown'; readonly instructionType: number; readonly data: Uint8Array };

/** Instructions until the structure ends. */
export function readInstructions(reader: Reader): readonly Instruction[] {
  const instructions: Instruction[] = [];
  while (reader.pos < reader.end) {
    const start = reader.pos;
    const type = reader.u16();
    const length = reader.u16();
    if (length < 8 || length % 8 !== 0) {
      reader.fail('bad-length', `Expected an instruction's length to be a multiple of 8, got ${length}`, start);
    }
    const outer = reader.enter(start, length);
    instructions.push(readInstruction(reader, type));
    reader.leave(outer);
  }
  return instructions;
}

export function writeInstructions(writer: Writer, instructions: readonly Instruction[]): void {
  for (const instruction of instructions) {
    const start = writer.pos;
    writer.zeros(4);
    writer.patch16(start, writeInstruction(writer, instruction));
    writer.pad(start);
    writer.patch16(start + 2, writer.pos - start);
  }
}

function readInstruction(reader: Reader, type: number): Instruction {
  switch (type) {
    case OFPIT_GOTO_TABLE: {
      const table = reader.u8();
      reader.skip(3);
      return { type: 'goto_table', table };
    }
    case OFPIT_WRITE_METADATA:
      reader.skip(4);
      return { type: 'write_metadata', metadata: reader.u64(), mask: reader.u64() };
    case OFPIT_WRITE_ACTIONS:
      reader.skip(4);
      return { type: 'write_actions', actions: readActions(reader) };
    case OFPIT_APPLY_ACTIONS:
      reader.skip(4);
      return { type: 'apply_actions', actions: readActions(reader) };
    case OFPIT_CLEAR_ACTIONS:
      reader.skip(4);
      return { type: 'clear_actions' };
    case OFPIT_METER:
      return { type: 'meter', meterId: reader.u32() };
    case OFPIT_EXPERIMENTER:
      return { type: 'experimenter', experimenter: reader.u32(), data: reader.rest() };
    default:
      return { type: 'unknown', instructionType: type, data: reader.rest() };
  }
}

/** Writes what follows type and length; answers the type. */
function writeInstruction(writer: Writer, instruction: Instruction): number {
  switch (instruction.type) {
    case 'goto_table':
      writer.u8(instruction.table);
      return OFPIT_GOTO_TABLE;
    case 'write_metadata':
      writer.zeros(4);
      writer.u64(instruction.metadata);
      writer.u64(instruction.mask);
      return OFPIT_WRITE_METADATA;
    case 'write_actions':
    case 'apply_actions':
      writer.zeros(4);
      writeActions(writer, instruction.actions);
      return instruction.type === 'write_actions' ? OFPIT_WRITE_ACTIONS : OFPIT_APPLY_ACTIONS;
    case 'clear_actions':
      return OFPIT_CLEAR_ACTIONS;
    case 'meter':
      writer.u32(instruction.meterId);
      return OFPIT_METER;
    case 'experimenter':
      writer.u32(instruction.experimenter);
      writer.bytes(instruction.data);
      return OFPIT_EXPERIMENTER;
    case 'unknown':
      writer.bytes(instruction.data);
      return instruction.instructionType;
  }
}
