import type { Reader } from '../../bytes/reader.ts';
import type { Writer } from '../../bytes/writer.ts';
import { OpenFlowError } from '../../errors.ts';
import { isMasked, readField, writeField } from '../../oxm/match.ts';
import { OFP15_VERSION } from '../../versions.ts';
import * as n from '../numbers.ts';
import type { Action, ActionsReader, ActionsWriter, DecTtlTelling, NiciraAction, Note, Resubmit } from '../types.ts';
import { readClone, readCt, writeClone, writeCt } from './ct.ts';
import { readLearn, writeLearn } from './learn.ts';
import {
  readLoad,
  readMove,
  readOutputReg,
  readStack,
  writeLoad,
  writeMove,
  writeOutputReg,
  writeStack,
} from './moves.ts';
import { readNat, writeNat } from './nat.ts';

/** What follows the subtype of an action of Open vSwitch; `undefined` for a subtype without a name here. */
export function readNicira(reader: Reader, subtype: number, nested: ActionsReader): Action | undefined {
  switch (subtype) {
    case n.NXAST_CT:
      return readCt(reader, nested);
    case n.NXAST_NAT:
      return readNat(reader);
    case n.NXAST_RESUBMIT:
    case n.NXAST_RESUBMIT_TABLE:
    case n.NXAST_RESUBMIT_TABLE_CT:
      return readResubmit(reader, subtype);
    case n.NXAST_REG_MOVE:
    case n.NXAST_REG_LOAD:
    case n.NXAST_REG_LOAD2:
      return reader.version < OFP15_VERSION ? readUntil14(reader, subtype) : undefined;
    case n.NXAST_LEARN:
    case n.NXAST_LEARN2:
      return readLearn(reader, subtype);
    case n.NXAST_OUTPUT_REG:
      return readOutputReg(reader);
    case n.NXAST_STACK_PUSH:
      return readStack(reader, 'push');
    case n.NXAST_STACK_POP:
      return readStack(reader, 'pop');
    case n.NXAST_CLONE:
      return readClone(reader, nested);
    default:
      return readSmall(reader, subtype);
  }
}

/** What 1.5 replaced by actions of its own, so that Open vSwitch refuses these there. */
function readUntil14(reader: Reader, subtype: number): Action {
  if (subtype === n.NXAST_REG_MOVE) return readMove(reader);
  if (subtype === n.NXAST_REG_LOAD) return readLoad(reader);
  const field = readField(reader);
  return padded(reader, { type: isMasked(field) ? 'set_field' : 'reg_load2', ...field });
}

function readSmall(reader: Reader, subtype: number): Action | undefined {
  switch (subtype) {
    case n.NXAST_CT_CLEAR:
      return padded(reader, { type: 'ct_clear' });
    case n.NXAST_EXIT:
      return padded(reader, { type: 'exit' });
    case n.NXAST_POP_QUEUE:
      return padded(reader, { type: 'pop_queue' });
    case n.NXAST_NOTE:
      return { type: 'note', data: reader.rest() };
    case n.NXAST_CONJUNCTION:
      return { type: 'conjunction', clause: reader.u8(), clauses: reader.u8(), id: reader.u32() };
    case n.NXAST_FIN_TIMEOUT:
      return padded(reader, { type: 'fin_timeout', idleTimeout: reader.u16(), hardTimeout: reader.u16() });
    case n.NXAST_CONTROLLER:
      return padded(reader, {
        type: 'controller',
        maxLen: reader.u16(),
        controllerId: reader.u16(),
        reason: reader.u8(),
      });
    case n.NXAST_DEC_TTL_CNT_IDS:
      return readDecTtlTelling(reader);
    case n.NXAST_SET_TUNNEL64:
      reader.skip(6);
      return { type: 'set_tunnel64', id: reader.u64() };
    default:
      return undefined;
  }
}

/** Writes id, subtype and what follows. */
export function writeNicira(writer: Writer, action: NiciraAction, nested: ActionsWriter): void {
  writer.u32(n.NX_EXPERIMENTER_ID);
  const at = writer.pos;
  writer.u16(0);
  const write = WRITERS[action.type] as (writer: Writer, action: NiciraAction, nested: ActionsWriter) => number;
  writer.patch16(at, write(writer, action, nested));
}

type NiciraWriter<A> = (writer: Writer, action: A, nested: ActionsWriter) => number;

/** Each writes what follows the subtype, and answers the subtype. */
const WRITERS: { readonly [T in NiciraAction['type']]: NiciraWriter<NiciraAction & { readonly type: T }> } = {
  ct: writeCt,
  nat: writeNat,
  resubmit: writeResubmit,
  move: until14('copy_field', writeMove),
  load: until14('set_field', writeLoad),
  reg_load2: until14('set_field', (writer, action) => {
    writeField(writer, action);
    return n.NXAST_REG_LOAD2;
  }),
  learn: writeLearn,
  output_reg: writeOutputReg,
  push: writeStack,
  pop: writeStack,
  clone: writeClone,
  ct_clear: (writer) => bare(writer, n.NXAST_CT_CLEAR),
  exit: (writer) => bare(writer, n.NXAST_EXIT),
  pop_queue: (writer) => bare(writer, n.NXAST_POP_QUEUE),
  note: writeNote,
  conjunction: (writer, action) => {
    writer.u8(action.clause);
    writer.u8(action.clauses);
    writer.u32(action.id);
    return n.NXAST_CONJUNCTION;
  },
  fin_timeout: (writer, action) => {
    writer.u16(action.idleTimeout);
    writer.u16(action.hardTimeout);
    return n.NXAST_FIN_TIMEOUT;
  },
  controller: (writer, action) => {
    writer.u16(action.maxLen);
    writer.u16(action.controllerId);
    writer.u8(action.reason);
    return n.NXAST_CONTROLLER;
  },
  dec_ttl_cnt_ids: writeDecTtlTelling,
  set_tunnel64: (writer, action) => {
    writer.zeros(6);
    writer.u64(action.id);
    return n.NXAST_SET_TUNNEL64;
  },
};

function until14<A extends NiciraAction>(instead: string, write: NiciraWriter<A>): NiciraWriter<A> {
  return (writer, action, nested) => {
    if (writer.version < OFP15_VERSION) return write(writer, action, nested);
    throw new OpenFlowError('not-in-version', `Expected OpenFlow 1.4 at most for ${action.type}: use ${instead}`);
  };
}

function bare(writer: Writer, subtype: number): number {
  writer.zeros(6);
  return subtype;
}

function readResubmit(reader: Reader, subtype: number): Resubmit {
  const port = reader.u16();
  const table = reader.u8();
  reader.skip(3);
  if (subtype === n.NXAST_RESUBMIT) return { type: 'resubmit', port };
  if (subtype === n.NXAST_RESUBMIT_TABLE) return { type: 'resubmit', port, table };
  return { type: 'resubmit', port, table, ct: true };
}

function writeResubmit(writer: Writer, action: Resubmit): number {
  writer.u16(action.port);
  // Without a table the four bytes are padding; 0xff is the table that means the present one.
  writer.u8(action.table ?? (action.ct === true ? 0xff : 0));
  writer.zeros(3);
  if (action.ct === true) return n.NXAST_RESUBMIT_TABLE_CT;
  return action.table === undefined ? n.NXAST_RESUBMIT : n.NXAST_RESUBMIT_TABLE;
}

function writeNote(writer: Writer, action: Note): number {
  writer.bytes(action.data);
  if (action.data.length < 6) writer.zeros(6 - action.data.length);
  return n.NXAST_NOTE;
}

function readDecTtlTelling(reader: Reader): DecTtlTelling {
  const count = reader.u16();
  reader.skip(4);
  if (count * 2 > reader.left) reader.fail('bad-length', `Expected ${count} controllers in ${reader.left} bytes`);
  const controllerIds: number[] = [];
  for (let i = 0; i < count; i += 1) controllerIds.push(reader.u16());
  return padded(reader, { type: 'dec_ttl_cnt_ids', controllerIds });
}

function writeDecTtlTelling(writer: Writer, action: DecTtlTelling): number {
  writer.u16(action.controllerIds.length);
  writer.zeros(4);
  for (const id of action.controllerIds) writer.u16(id);
  return n.NXAST_DEC_TTL_CNT_IDS;
}

function padded<A>(reader: Reader, action: A): A {
  if (reader.left > 7) reader.fail('bad-length', `Expected padding alone, got ${reader.left} bytes more`);
  reader.skip(reader.left);
  return action;
}
