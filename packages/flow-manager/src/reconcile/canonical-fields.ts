import { FIELDS, type FieldRef, type KnownField, type Match, type MatchField } from '@ballast/openflow';

type Kind = (typeof FIELDS)[keyof typeof FIELDS][2];

const BITS: Readonly<Record<Kind, number>> = {
  u8: 8,
  u16: 16,
  u24: 24,
  u32: 32,
  u64: 64,
  u128: 128,
  mac: 48,
  ipv4: 32,
  ipv6: 128,
};

/** Open vSwitch tells a field of the older encoding by its name in the newer one. */
const RENAMED: Readonly<Record<string, string>> = {
  nxm_of_in_port: 'in_port',
  nxm_of_eth_dst: 'eth_dst',
  nxm_of_eth_src: 'eth_src',
  nxm_of_eth_type: 'eth_type',
  nxm_of_ip_proto: 'ip_proto',
  nxm_of_ip_src: 'ipv4_src',
  nxm_of_ip_dst: 'ipv4_dst',
  nxm_of_tcp_src: 'tcp_src',
  nxm_of_tcp_dst: 'tcp_dst',
  nxm_of_udp_src: 'udp_src',
  nxm_of_udp_dst: 'udp_dst',
  nxm_of_icmp_type: 'icmpv4_type',
  nxm_of_icmp_code: 'icmpv4_code',
  nxm_of_arp_op: 'arp_op',
  nxm_of_arp_spa: 'arp_spa',
  nxm_of_arp_tpa: 'arp_tpa',
  nxm_nx_tun_id: 'tunnel_id',
  nxm_nx_arp_sha: 'arp_sha',
  nxm_nx_arp_tha: 'arp_tha',
  nxm_nx_ipv6_src: 'ipv6_src',
  nxm_nx_ipv6_dst: 'ipv6_dst',
  nxm_nx_icmpv6_type: 'icmpv6_type',
  nxm_nx_icmpv6_code: 'icmpv6_code',
  nxm_nx_nd_target: 'ipv6_nd_target',
  nxm_nx_nd_sll: 'ipv6_nd_sll',
  nxm_nx_nd_tll: 'ipv6_nd_tll',
  nxm_nx_ipv6_label: 'ipv6_flabel',
  nxm_nx_ip_ecn: 'ip_ecn',
  nxm_nx_tcp_flags: 'tcp_flags',
};

interface Bits {
  readonly name: string;
  readonly value: bigint;
  readonly mask: bigint;
}

/**
 * One text for all ways to write a match: fields in alphabetical order, masks of all ones left out, masks of all zeros
 * with their field, and registers of 64 and 128 bits as those of 32 that they lie over (OpenFlow 1.5 tells xregs).
 */
export function matchKey(match: Match): string {
  const texts: string[] = [];
  const parted: KnownField[] = [];
  const wide = match.some(({ field }) => field.startsWith('xreg') || field.startsWith('xxreg'));
  for (const field of match) {
    if (field.field === 'unknown') texts.push(unknownKey(field));
    else if (field.mask !== undefined || (wide && field.field.includes('reg'))) parted.push(field);
    else texts.push(exactKey(field));
  }
  texts.push(...mergedKeys(parted));
  return texts.sort().join(',');
}

/** The same for one field with its value, as `set_field` holds it. */
export function fieldKey(field: MatchField): string {
  if (field.field === 'unknown') return unknownKey(field);
  return field.mask === undefined ? exactKey(field) : textOf(bitsOf(field));
}

/** Masked fields, and registers that may overlap. */
function mergedKeys(fields: readonly KnownField[]): readonly string[] {
  const merged = new Map<string, Bits>();
  for (const bits of fields.flatMap((field) => registersOf(bitsOf(field)))) {
    if (bits.mask === 0n) continue;
    const other = merged.get(bits.name);
    merged.set(bits.name, other === undefined ? bits : join(bits, other));
  }
  return [...merged.values()].map(textOf);
}

/** What {@link textOf} says of a field without a mask, quicker: most fields are, and a full read meets thousands. */
function exactKey(field: KnownField): string {
  const { value } = field;
  const bits = BITS[FIELDS[field.field][2]];
  if (bits > 48) return textOf(bitsOf(field));
  const number = typeof value === 'string' ? shortOf(value) : Number(value);
  return `${RENAMED[field.field] ?? field.field}=0x${number.toString(16)}`;
}

/** An IPv4 address or a MAC as a number. */
function shortOf(text: string): number {
  if (text.includes(':')) return Number.parseInt(text.replaceAll(':', ''), 16);
  return text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

/** A field without a value, by the newer of its names. */
export function refKey(ref: FieldRef): string {
  if (typeof ref === 'string') return RENAMED[ref] ?? ref;
  return `${ref.class}.${ref.number}.${ref.length}.${ref.hasMask}.${ref.experimenter ?? ''}`;
}

function bitsOf(field: KnownField): Bits {
  const kind = FIELDS[field.field][2];
  const full = (1n << BigInt(BITS[kind])) - 1n;
  const mask = field.mask === undefined ? full : numberOf(field.mask);
  return { name: RENAMED[field.field] ?? field.field, value: numberOf(field.value) & mask, mask };
}

function registersOf(bits: Bits): readonly Bits[] {
  const [, wide, index] = /^(xx?)reg(\d)$/.exec(bits.name) ?? [];
  if (wide === undefined) return [bits];
  const count = wide === 'x' ? 2 : 4;
  return Array.from({ length: count }, (_, part) => {
    const shift = BigInt(32 * (count - 1 - part));
    const cut = (value: bigint): bigint => (value >> shift) & 0xffff_ffffn;
    return { name: `reg${Number(index) * count + part}`, value: cut(bits.value), mask: cut(bits.mask) };
  });
}

function join(one: Bits, other: Bits): Bits {
  return { name: one.name, value: one.value | other.value, mask: one.mask | other.mask };
}

function textOf({ name, value, mask }: Bits): string {
  const [, , kind] = FIELDS[name as keyof typeof FIELDS];
  const full = (1n << BigInt(BITS[kind])) - 1n;
  const text = `${name}=0x${value.toString(16)}`;
  return mask === full ? text : `${text}/0x${mask.toString(16)}`;
}

function unknownKey(field: MatchField & { readonly field: 'unknown' }): string {
  return `unknown${field.class}.${field.number}.${field.hasMask}=${Buffer.from(field.payload).toString('hex')}`;
}

function numberOf(value: number | bigint | string): bigint {
  if (typeof value !== 'string') return BigInt(value);
  if (value.includes('.') && !value.includes(':')) {
    return value.split('.').reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);
  }
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(value) ? BigInt(`0x${value.replaceAll(':', '')}`) : ipv6Of(value);
}

function ipv6Of(text: string): bigint {
  const [head = '', tail] = text.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}
