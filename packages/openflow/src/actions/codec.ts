import type { Reader } from '../bytes/reader.ts';
import type { Writer } from '../bytes/writer.ts';
import { OpenFlowError } from '../errors.ts';
import { isMasked, readField, writeField } from '../oxm/match.ts';
import { OFP15_VERSION } from '../versions.ts';
import { readCopyField, readExperimenter, writeCopyField, writeExperimenter } from './experimenter.ts';
import { writeKept } from './kept.ts';
import { readNicira, writeNicira } from './nicira/codec.ts';
import * as n from './numbers.ts';
import type { Action, NiciraAction, PlainAction, Push, SetTtl } from './types.ts';

/** Actions until the structure ends, OpenFlow 1.5.1 section 7.2.6. */
export function readActions(reader: Reader): readonly Action[] {
  const actions: Action[] = [];
  while (reader.pos < reader.end) actions.push(readAction(reader));
  return actions;
}

/** Exactly so many bytes of actions. */
export function readActionsOf(reader: Reader, length: number): readonly Action[] {
  const outer = reader.enter(reader.pos, length);
  const actions = readActions(reader);
  reader.leave(outer);
  return actions;
}

export function writeActions(writer: Writer, actions: readonly Action[]): void {
  writeKept(writer, actions, writeEach);
}

function writeEach(writer: Writer, actions: readonly Action[]): void {
  for (const action of actions) writeAction(writer, action);
}

function readAction(reader: Reader): Action {
  const start = reader.pos;
  const type = reader.u16();
  const length = reader.u16();
  if (length < 8 || length % 8 !== 0) {
    reader.fail('bad-length', `Expected an action's length to be a multiple of 8, got ${length}`, start);
  }
  const outer = reader.enter(start, length);
  const action = readBody(reader, type);
  reader.leave(outer);
  return action;
}

function readBody(reader: Reader, type: number): Action {
  switch (type) {
    case n.OFPAT_OUTPUT:
      return readOutput(reader);
    case n.OFPAT_SET_FIELD:
      return readSetField(reader);
    case n.OFPAT_GROUP:
      return { type: 'group', groupId: reader.u32() };
    case n.OFPAT_SET_QUEUE:
      return { type: 'set_queue', queueId: reader.u32() };
    case n.OFPAT_EXPERIMENTER:
      return readExperimenter(reader, (from, subtype) => readNicira(from, subtype, readActions));
    case n.OFPAT_COPY_FIELD:
      if (reader.version >= OFP15_VERSION) return readCopyField(reader);
      break;
    case n.OFPAT_METER:
      if (reader.version >= OFP15_VERSION) return { type: 'meter', meterId: reader.u32() };
      break;
    default:
      break;
  }
  return readSmall(reader, type);
}

function readSmall(reader: Reader, type: number): Action {
  switch (type) {
    case n.OFPAT_DEC_NW_TTL:
      return readPlain(reader, 'dec_ttl');
    case n.OFPAT_COPY_TTL_OUT:
      return readPlain(reader, 'copy_ttl_out');
    case n.OFPAT_COPY_TTL_IN:
      return readPlain(reader, 'copy_ttl_in');
    case n.OFPAT_DEC_MPLS_TTL:
      return readPlain(reader, 'dec_mpls_ttl');
    case n.OFPAT_POP_VLAN:
      return readPlain(reader, 'pop_vlan');
    case n.OFPAT_POP_PBB:
      return readPlain(reader, 'pop_pbb');
    case n.OFPAT_PUSH_VLAN:
      return readPush(reader, 'push_vlan');
    case n.OFPAT_PUSH_MPLS:
      return readPush(reader, 'push_mpls');
    case n.OFPAT_PUSH_PBB:
      return readPush(reader, 'push_pbb');
    case n.OFPAT_POP_MPLS:
      return readPush(reader, 'pop_mpls');
    case n.OFPAT_SET_NW_TTL:
      return readTtl(reader, 'set_nw_ttl');
    case n.OFPAT_SET_MPLS_TTL:
      return readTtl(reader, 'set_mpls_ttl');
    default:
      return { type: 'unknown', actionType: type, data: reader.rest() };
  }
}

function readOutput(reader: Reader): Action {
  const port = reader.u32();
  const maxLen = reader.u16();
  reader.skip(6);
  return { type: 'output', port, maxLen };
}

function readSetField(reader: Reader): Action {
  const start = reader.pos;
  const field = readField(reader);
  if (reader.version < OFP15_VERSION && isMasked(field)) {
    // Not of the protocol: set_field with a mask stands for reg_load2 there.
    reader.pos = start;
    return { type: 'unknown', actionType: n.OFPAT_SET_FIELD, data: reader.rest() };
  }
  // Padding to 8 bytes: fewer than 8 are left, or the action's length is wrong.
  if (reader.left > 7) reader.fail('bad-length', `Expected padding alone, got ${reader.left} bytes more`);
  reader.skip(reader.left);
  return { type: 'set_field', ...field };
}

function readPlain(reader: Reader, type: PlainAction['type']): Action {
  reader.skip(4);
  return { type };
}

function readPush(reader: Reader, type: Push['type']): Action {
  const etherType = reader.u16();
  reader.skip(2);
  return { type, etherType };
}

function readTtl(reader: Reader, type: SetTtl['type']): Action {
  const ttl = reader.u8();
  reader.skip(3);
  return { type, ttl };
}

function writeAction(writer: Writer, action: Action): void {
  const start = writer.pos;
  writer.u16(n.OFPAT_EXPERIMENTER);
  writer.u16(0);
  if (action.type === 'set_field' && writer.version < OFP15_VERSION && isMasked(action)) {
    writeNicira(writer, { ...action, type: 'reg_load2' }, writeActions);
  } else {
    const write = WRITERS[action.type as Standard] as ((writer: Writer, action: Action) => number) | undefined;
    // What is not of the protocol itself is Open vSwitch's, and keeps the experimenter's type.
    if (write === undefined) writeNicira(writer, action as NiciraAction, writeActions);
    else writer.patch16(start, write(writer, action));
  }
  writer.pad(start);
  writer.patch16(start + 2, writer.pos - start);
}

type Standard = Exclude<Action['type'], NiciraAction['type']>;

/** Each writes what follows type and length, and answers the type. */
const WRITERS: { readonly [T in Standard]: (writer: Writer, action: Action & { readonly type: T }) => number } = {
  output: (writer, { port, maxLen }) => {
    writer.u32(port);
    writer.u16(maxLen);
    writer.zeros(6);
    return n.OFPAT_OUTPUT;
  },
  set_field: (writer, action) => {
    writeField(writer, action);
    return n.OFPAT_SET_FIELD;
  },
  group: (writer, { groupId }) => u32(writer, groupId, n.OFPAT_GROUP),
  set_queue: (writer, { queueId }) => u32(writer, queueId, n.OFPAT_SET_QUEUE),
  meter: (writer, { meterId }) => {
    if (writer.version < OFP15_VERSION) {
      throw new OpenFlowError('not-in-version', 'Expected OpenFlow 1.5 for meter as an action: use the instruction');
    }
    return u32(writer, meterId, n.OFPAT_METER);
  },
  dec_ttl: (writer) => u32(writer, 0, n.OFPAT_DEC_NW_TTL),
  copy_ttl_out: (writer) => u32(writer, 0, n.OFPAT_COPY_TTL_OUT),
  copy_ttl_in: (writer) => u32(writer, 0, n.OFPAT_COPY_TTL_IN),
  dec_mpls_ttl: (writer) => u32(writer, 0, n.OFPAT_DEC_MPLS_TTL),
  pop_vlan: (writer) => u32(writer, 0, n.OFPAT_POP_VLAN),
  pop_pbb: (writer) => u32(writer, 0, n.OFPAT_POP_PBB),
  push_vlan: (writer, { etherType }) => u16(writer, etherType, n.OFPAT_PUSH_VLAN),
  push_mpls: (writer, { etherType }) => u16(writer, etherType, n.OFPAT_PUSH_MPLS),
  push_pbb: (writer, { etherType }) => u16(writer, etherType, n.OFPAT_PUSH_PBB),
  pop_mpls: (writer, { etherType }) => u16(writer, etherType, n.OFPAT_POP_MPLS),
  set_nw_ttl: (writer, { ttl }) => u8(writer, ttl, n.OFPAT_SET_NW_TTL),
  set_mpls_ttl: (writer, { ttl }) => u8(writer, ttl, n.OFPAT_SET_MPLS_TTL),
  copy_field: writeCopyField,
  experimenter: writeExperimenter,
  unknown: (writer, { data, actionType }) => {
    writer.bytes(data);
    return actionType;
  },
};

function u8(writer: Writer, value: number, type: number): number {
  writer.u8(value);
  return type;
}

function u16(writer: Writer, value: number, type: number): number {
  writer.u16(value);
  return type;
}

function u32(writer: Writer, value: number, type: number): number {
  writer.u32(value);
  return type;
}
