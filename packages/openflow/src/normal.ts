import type { Action, LearnSpec } from './actions/types.ts';
import { Reader } from './bytes/reader.ts';
import { Writer } from './bytes/writer.ts';
import type { Instruction } from './instructions.ts';
import { FIELDS, type FieldName } from './oxm/fields.ts';
import { type FieldRef, requiredField, writeFieldHeader } from './oxm/header.ts';
import { type Match, type MatchField, readField, writeField } from './oxm/match.ts';
import { OFP15_VERSION } from './versions.ts';

/** Instructions in the order in which they act, OpenFlow 1.5.1 section 5.6; the rest before them. */
const ORDER: readonly Instruction['type'][] = [
  'unknown',
  'experimenter',
  'meter',
  'apply_actions',
  'clear_actions',
  'write_actions',
  'write_metadata',
  'goto_table',
];

/**
 * A match in the one form that all matches of the same packets share, to compare what was sent with what a switch
 * says it has: Open vSwitch orders fields its own way, answers in whichever encoding and width of register the version
 * prefers, and clears bits outside masks. Wide registers become `reg0` to `reg15`, the encoding of Nicira gives way to
 * OpenFlow's, full masks and empty ones go, and fields stand by name.
 */
export function normalMatch(fields: Match): Match {
  return fields
    .flatMap((field) => (field.field === 'unknown' ? [field] : narrowed(field.field, field)))
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Instructions in the order in which they act, whatever the order they came in, with normal actions. */
export function normalInstructions(instructions: readonly Instruction[]): readonly Instruction[] {
  return instructions
    .toSorted((a, b) => ORDER.indexOf(a.type) - ORDER.indexOf(b.type))
    .map((one) => ('actions' in one ? { ...one, actions: normalActions(one.actions) } : one));
}

/** Actions in the one form that versions and encodings share: `move` is `copy_field`, fields go by OpenFlow's names. */
export function normalActions(actions: readonly Action[]): readonly Action[] {
  return actions.map((action): Action => {
    if (action.type === 'move' || action.type === 'copy_field') {
      const { source, destination } = action;
      return { ...action, type: 'copy_field', source: plainRef(source), destination: plainRef(destination) };
    }
    if (action.type === 'learn') return { ...action, specs: action.specs.map(plainSpec) };
    if (action.type === 'ct' || action.type === 'clone') return { ...action, actions: normalActions(action.actions) };
    return action;
  });
}

function plainSpec(spec: LearnSpec): LearnSpec {
  const { source, destination } = spec;
  return {
    ...spec,
    source: 'field' in source ? { ...source, field: plainRef(source.field) } : source,
    destination: 'field' in destination ? { ...destination, field: plainRef(destination.field) } : destination,
  };
}

function plainRef(ref: FieldRef): FieldRef {
  return typeof ref === 'string' ? plainName(ref) : ref;
}

/** The field without idle bits; a wide register as its parts; nothing if no bit counts. */
function narrowed(name: FieldName, field: MatchField): readonly MatchField[] {
  const { size } = requiredField(name);
  const writer = new Writer(OFP15_VERSION, 64);
  writeField(writer, field);
  const bytes = writer.copy(4);
  const value = bytes.subarray(0, size);
  const mask = bytes.length > size ? bytes.subarray(size) : new Uint8Array(size).fill(0xff);
  return partsOf(name).flatMap((part) => {
    const partSize = requiredField(part.name).size;
    const own = mask.subarray(part.at, part.at + partSize);
    if (own.every((byte) => byte === 0)) return [];
    const bits = value.subarray(part.at, part.at + partSize).map((byte, i) => byte & (own[i] as number));
    return [fieldOf(part.name, bits, own)];
  });
}

function partsOf(name: FieldName): readonly { readonly name: FieldName; readonly at: number }[] {
  const register = /^(xx?)reg(\d)$/.exec(name);
  if (register === null) return [{ name: plainName(name), at: 0 }];
  const count = register[1] === 'x' ? 2 : 4;
  const first = Number(register[2]) * count;
  return Array.from({ length: count }, (_, i) => ({ name: `reg${first + i}` as FieldName, at: i * 4 }));
}

/** Fields of Nicira's encoding that OpenFlow has under another name, or in the same words without the prefix. */
const RENAMED: Readonly<Record<string, FieldName>> = {
  nxm_of_ip_src: 'ipv4_src',
  nxm_of_ip_dst: 'ipv4_dst',
  nxm_of_icmp_type: 'icmpv4_type',
  nxm_of_icmp_code: 'icmpv4_code',
  nxm_nx_tun_id: 'tunnel_id',
  nxm_nx_ipv6_label: 'ipv6_flabel',
  nxm_nx_nd_target: 'ipv6_nd_target',
  nxm_nx_nd_sll: 'ipv6_nd_sll',
  nxm_nx_nd_tll: 'ipv6_nd_tll',
};

function plainName(name: FieldName): FieldName {
  const plain = RENAMED[name] ?? name.replace(/^nxm_(?:of|nx)_/, '');
  const same = plain in FIELDS && requiredField(plain).kind === requiredField(name).kind;
  return same ? (plain as FieldName) : name;
}

function fieldOf(name: FieldName, value: Uint8Array, mask: Uint8Array): MatchField {
  const exact = mask.every((byte) => byte === 0xff);
  const writer = new Writer(OFP15_VERSION, 64);
  writeFieldHeader(writer, requiredField(name), !exact);
  writer.bytes(value);
  if (!exact) writer.bytes(mask);
  const bytes = writer.copy();
  return readField(new Reader(bytes, OFP15_VERSION, 0, bytes.length));
}

function keyOf(field: MatchField): string {
  return field.field === 'unknown' ? `unknown ${field.class} ${field.number}` : field.field;
}
