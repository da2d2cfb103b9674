/**
 * Reads the id of a datapath: a number; decimal digits, as Ryu writes it; `0x` and hexadecimal digits; or the 16
 * hexadecimal digits that Open vSwitch prints. Undefined for anything else, 0, and what could be either: 16 decimal
 * digits that do not begin with a zero.
 */
export function parseDpid(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? BigInt(value) : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const id = /^0x[0-9a-f]{1,16}$/i.test(text) ? BigInt(text) : idOf(text);
  return id !== undefined && id > 0n && id < 1n << 64n ? id : undefined;
}

function idOf(text: string): bigint | undefined {
  if (text.length === 16 && /^[0-9a-f]*$/i.test(text)) {
    return /^0|[a-f]/i.test(text) ? BigInt(`0x${text}`) : undefined;
  }
  return /^[1-9]\d{0,19}$/.test(text) ? BigInt(text) : undefined;
}

/** As Open vSwitch prints it. */
export function dpidText(dpid: bigint): string {
  return dpid.toString(16).padStart(16, '0');
}
