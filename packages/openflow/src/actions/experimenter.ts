import type { Reader } from '../bytes/reader.ts';
import type { Writer } from '../bytes/writer.ts';
import { ONF_EXPERIMENTER_ID, readFieldRef, writeFieldRef } from '../oxm/header.ts';
import { OFP15_VERSION } from '../versions.ts';
import { NX_EXPERIMENTER_ID, OFPAT_COPY_FIELD, OFPAT_EXPERIMENTER, ONFACT_COPY_FIELD } from './numbers.ts';
import type { Action, CopyField, ExperimenterAction } from './types.ts';

/** `undefined` for a subtype that it does not know, whatever it has read by then. */
export type SubtypeReader = (reader: Reader, subtype: number) => Action | undefined;

/** An experimenter's action from its id on, OpenFlow 1.5.1 section 7.2.6.9. */
export function readExperimenter(reader: Reader, readNicira: SubtypeReader): Action {
  const experimenter = reader.u32();
  const data = reader.pos;
  if (reader.left >= 4) {
    const subtype = reader.u16();
    let action: Action | undefined;
    if (experimenter === NX_EXPERIMENTER_ID) action = readNicira(reader, subtype);
    else if (experimenter === ONF_EXPERIMENTER_ID) action = readOnf(reader, subtype);
    if (action !== undefined) return action;
    reader.pos = data;
  }
  return { type: 'experimenter', experimenter, data: reader.rest() };
}

export function writeExperimenter(writer: Writer, action: ExperimenterAction): number {
  writer.u32(action.experimenter);
  writer.bytes(action.data);
  return OFPAT_EXPERIMENTER;
}

/** From the number of bits on: the same in the action of 1.5 and in ONF's extension. */
export function readCopyField(reader: Reader): CopyField {
  const bits = reader.u16();
  const sourceOffset = reader.u16();
  const destinationOffset = reader.u16();
  reader.skip(2);
  const source = readFieldRef(reader);
  const destination = readFieldRef(reader);
  if (reader.left > 7) reader.fail('bad-length', `Expected padding alone, got ${reader.left} bytes more`);
  reader.skip(reader.left);
  return { type: 'copy_field', bits, source, sourceOffset, destination, destinationOffset };
}

export function writeCopyField(writer: Writer, action: CopyField): number {
  const onf = writer.version < OFP15_VERSION;
  if (onf) {
    writer.u32(ONF_EXPERIMENTER_ID);
    writer.u16(ONFACT_COPY_FIELD);
    writer.zeros(2);
  }
  writer.u16(action.bits);
  writer.u16(action.sourceOffset);
  writer.u16(action.destinationOffset);
  writer.zeros(2);
  writeFieldRef(writer, action.source);
  writeFieldRef(writer, action.destination);
  return onf ? OFPAT_EXPERIMENTER : OFPAT_COPY_FIELD;
}

function readOnf(reader: Reader, subtype: number): Action | undefined {
  if (subtype !== ONFACT_COPY_FIELD || reader.version >= OFP15_VERSION) return undefined;
  reader.skip(2);
  return readCopyField(reader);
}
