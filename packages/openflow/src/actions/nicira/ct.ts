import type { Reader } from '../../bytes/reader.ts';
import type { Writer } from '../../bytes/writer.ts';
import { readShortFieldRef, writeShortFieldRef } from '../../oxm/header.ts';
import { NX_CT_RECIRC_NONE, NXAST_CLONE, NXAST_CT } from '../numbers.ts';
import type { ActionsReader, ActionsWriter, Clone, Ct } from '../types.ts';
import { offsetOf, rangeOf } from './moves.ts';

export function readCt(reader: Reader, nested: ActionsReader): Ct {
  const flags = reader.u16();
  const zone = readZone(reader);
  const table = reader.u8();
  reader.skip(3);
  const alg = reader.u16();
  const actions = reader.deeper(() => nested(reader));
  if (table === NX_CT_RECIRC_NONE) return { type: 'ct', flags, zone, alg, actions };
  return { type: 'ct', flags, zone, table, alg, actions };
}

export function writeCt(writer: Writer, action: Ct, nested: ActionsWriter): number {
  writer.u16(action.flags);
  if (typeof action.zone === 'number') {
    writer.u32(0);
    writer.u16(action.zone);
  } else {
    writeShortFieldRef(writer, action.zone.field);
    writer.u16(rangeOf(action.zone));
  }
  writer.u8(action.table ?? NX_CT_RECIRC_NONE);
  writer.zeros(3);
  writer.u16(action.alg);
  nested(writer, action.actions);
  return NXAST_CT;
}

export function readClone(reader: Reader, nested: ActionsReader): Clone {
  reader.skip(6);
  return { type: 'clone', actions: reader.deeper(() => nested(reader)) };
}

export function writeClone(writer: Writer, action: Clone, nested: ActionsWriter): number {
  writer.zeros(6);
  nested(writer, action.actions);
  return NXAST_CLONE;
}

/** A number where no field's header stands before it. */
function readZone(reader: Reader): Ct['zone'] {
  const header = reader.u32();
  if (header === 0) return reader.u16();
  reader.pos -= 4;
  const field = readShortFieldRef(reader);
  return { field, ...offsetOf(reader.u16()) };
}
