import type { Reader } from '../bytes/reader.ts';
import type { Writer } from '../bytes/writer.ts';
import type { FieldRef, Subfield } from '../oxm/header.ts';
import type { MatchField } from '../oxm/match.ts';

/** Sends the packet to a port; `maxLen` bytes of it, if the port is OFPP_CONTROLLER. Section 7.2.6.1. */
export interface Output {
  readonly type: 'output';
  readonly port: number;
  readonly maxLen: number;
}

/** Sections 7.2.6.2 to 7.2.6.7: what takes no argument. */
export interface PlainAction {
  readonly type: 'copy_ttl_out' | 'copy_ttl_in' | 'dec_mpls_ttl' | 'dec_ttl' | 'pop_vlan' | 'pop_pbb';
}

export interface Group {
  readonly type: 'group';
  readonly groupId: number;
}

export interface SetQueue {
  readonly type: 'set_queue';
  readonly queueId: number;
}

/** A meter as an action: 1.5 (there the instruction is gone). */
export interface MeterAction {
  readonly type: 'meter';
  readonly meterId: number;
}

export interface SetTtl {
  readonly type: 'set_mpls_ttl' | 'set_nw_ttl';
  readonly ttl: number;
}

export interface Push {
  readonly type: 'push_vlan' | 'push_mpls' | 'push_pbb' | 'pop_mpls';
  readonly etherType: number;
}

/** Sets a field, or the bits of a mask: before 1.5 as Open vSwitch's NXAST_REG_LOAD2. Section 7.2.6.7. */
export type SetField = { readonly type: 'set_field' } & MatchField;

/** Copies bits between fields: 1.5, and as ONF's extension 320 before it. Section 7.2.6.8. */
export interface CopyField {
  readonly type: 'copy_field';
  readonly bits: number;
  readonly source: FieldRef;
  readonly sourceOffset: number;
  readonly destination: FieldRef;
  readonly destinationOffset: number;
}

/** An experimenter's action that this codec has no name for; `data` is what follows the id. Section 7.2.6.9. */
export interface ExperimenterAction {
  readonly type: 'experimenter';
  readonly experimenter: number;
  readonly data: Uint8Array;
}

/** An action of an unknown type; `data` is what follows type and length. */
export interface UnknownAction {
  readonly type: 'unknown';
  readonly actionType: number;
  readonly data: Uint8Array;
}

/** Section numbers are of OpenFlow 1.5.1; names are those of ovs-actions(7). */
export type Action =
  | Output
  | PlainAction
  | Group
  | SetQueue
  | MeterAction
  | SetTtl
  | Push
  | SetField
  | CopyField
  | NiciraAction
  | ExperimenterAction
  | UnknownAction;

/** Looks the packet up again, in `table` or the same one, as if it came from `port` (16 bits). */
export interface Resubmit {
  readonly type: 'resubmit';
  readonly port: number;
  readonly table?: number;
  /** With the connection's original direction in place of the packet's: NXAST_RESUBMIT_TABLE_CT. */
  readonly ct?: true;
}

/** Copies bits between fields: NXAST_REG_MOVE. Refused on 1.5; `copy_field` serves all versions. */
export interface Move {
  readonly type: 'move';
  readonly bits: number;
  readonly source: FieldRef;
  readonly sourceOffset: number;
  readonly destination: FieldRef;
  readonly destinationOffset: number;
}

/** Writes a number into up to 64 bits of a field: NXAST_REG_LOAD. Refused on 1.5; `set_field` serves all versions. */
export interface Load {
  readonly type: 'load';
  readonly value: bigint;
  readonly to: Subfield;
}

/** Sets a whole field as NXAST_REG_LOAD2 does; with a mask it is read as `set_field`. Refused on 1.5. */
export type SetFieldMasked = { readonly type: 'reg_load2' } & MatchField;

/** Outputs to the port that a field names: NXAST_OUTPUT_REG. */
export interface OutputField {
  readonly type: 'output_reg';
  readonly source: Subfield;
  readonly maxLen: number;
}

/** NXAST_STACK_PUSH and NXAST_STACK_POP. */
export interface Stack {
  readonly type: 'push' | 'pop';
  readonly field: Subfield;
}

/**
 * Sends the packet through connection tracking: NXAST_CT. `flags` of NX_CT_F_*; without `table` the packet goes on
 * where it is while a copy of it is tracked. `actions` (nat, set_field of ct_mark and ct_label) run on the tracked one.
 */
export interface Ct {
  readonly type: 'ct';
  readonly flags: number;
  readonly zone: number | Subfield;
  readonly table?: number;
  /** The helper's well-known port (21 for FTP), 0 for none. */
  readonly alg: number;
  readonly actions: readonly Action[];
}

/** Inside `ct`: what to translate, NXAST_NAT. `flags` of NX_NAT_F_*; without a range, undoes the translation. */
export interface Nat {
  readonly type: 'nat';
  readonly flags: number;
  readonly ipv4Min?: string;
  readonly ipv4Max?: string;
  readonly ipv6Min?: string;
  readonly ipv6Max?: string;
  readonly protoMin?: number;
  readonly protoMax?: number;
}

/** One part of a flow that `learn` makes: where its `bits` bits come from, and what they become. */
export interface LearnSpec {
  readonly bits: number;
  readonly source: LearnField | { readonly value: bigint };
  readonly destination: ({ readonly kind: 'match' | 'load' } & LearnField) | { readonly kind: 'output' };
}

export interface LearnField {
  readonly field: FieldRef;
  readonly offset: number;
}

/** Adds a flow made from the packet: NXAST_LEARN, and NXAST_LEARN2 with a `limit`. Times in seconds. */
export interface Learn {
  readonly type: 'learn';
  readonly idleTimeout: number;
  readonly hardTimeout: number;
  readonly priority: number;
  readonly cookie: bigint;
  /** Of NX_LEARN_F_*. */
  readonly flags: number;
  readonly table: number;
  readonly finIdleTimeout: number;
  readonly finHardTimeout: number;
  /** The most flows that may be learned, 0 for any number. */
  readonly limit?: number;
  /** Gets a 1 if the flow was learned; needs a limit and NX_LEARN_F_WRITE_RESULT. */
  readonly result?: LearnField;
  readonly specs: readonly LearnSpec[];
}

/** Does nothing; holds data of the controller, padded by zeros to 6 bytes and a multiple of 8: NXAST_NOTE. */
export interface Note {
  readonly type: 'note';
  readonly data: Uint8Array;
}

/** Ties this flow to a conjunctive match: NXAST_CONJUNCTION. `clause` counts from 0. */
export interface Conjunction {
  readonly type: 'conjunction';
  readonly clause: number;
  readonly clauses: number;
  readonly id: number;
}

/** Sends the packet to one controller: NXAST_CONTROLLER. */
export interface ToController {
  readonly type: 'controller';
  readonly maxLen: number;
  readonly controllerId: number;
  readonly reason: number;
}

/** Timeouts in seconds that a FIN or RST puts on the flow, 0 to leave one: NXAST_FIN_TIMEOUT. */
export interface FinTimeout {
  readonly type: 'fin_timeout';
  readonly idleTimeout: number;
  readonly hardTimeout: number;
}

/** Decrements the TTL and tells these controllers when it is spent: NXAST_DEC_TTL_CNT_IDS. */
export interface DecTtlTelling {
  readonly type: 'dec_ttl_cnt_ids';
  readonly controllerIds: readonly number[];
}

/** Runs actions on a copy of the packet: NXAST_CLONE. */
export interface Clone {
  readonly type: 'clone';
  readonly actions: readonly Action[];
}

/** NXAST_CT_CLEAR, NXAST_EXIT, NXAST_POP_QUEUE. */
export interface PlainNicira {
  readonly type: 'ct_clear' | 'exit' | 'pop_queue';
}

/** NXAST_SET_TUNNEL64. */
export interface SetTunnel {
  readonly type: 'set_tunnel64';
  readonly id: bigint;
}

/** Actions of Open vSwitch, by the names of ovs-actions(7); layouts are described there and in its nicira-ext.h. */
export type NiciraAction =
  | Resubmit
  | Move
  | Load
  | SetFieldMasked
  | OutputField
  | Stack
  | Ct
  | Nat
  | Learn
  | Note
  | Conjunction
  | ToController
  | FinTimeout
  | DecTtlTelling
  | Clone
  | PlainNicira
  | SetTunnel;

/** Reads actions until the structure ends: handed to what holds actions of its own. */
export type ActionsReader = (reader: Reader) => readonly Action[];
export type ActionsWriter = (writer: Writer, actions: readonly Action[]) => void;
