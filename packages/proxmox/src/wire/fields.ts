import { ProxmoxError } from '../errors/proxmox-error.ts';

/**
 * Proxmox VE is loose with types: numbers come as strings, booleans as 1, '1' or not at all. Everything that it sends
 * passes through these readers. Unknown keys are tolerated.
 */
export type Row = Readonly<Record<string, unknown>>;

/** @throws {ProxmoxError} `proxmox-answer-shape` */
export function row(value: unknown, what: string): Row {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Row;
  throw shapeError(`${what} as an object`, value);
}

/** @throws {ProxmoxError} `proxmox-answer-shape` */
export function rows(value: unknown, what: string): readonly Row[] {
  if (!Array.isArray(value)) throw shapeError(`${what} as a list`, value);
  return value.map((entry: unknown) => row(entry, `each of ${what}`));
}

export function text(from: Row, key: string): string | undefined {
  const value = from[key];
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' ? String(value) : undefined;
}

/** @throws {ProxmoxError} `proxmox-answer-shape` */
export function neededText(from: Row, key: string, what: string): string {
  const value = text(from, key);
  if (value === undefined) throw shapeError(`${what} with a \`${key}\``, from);
  return value;
}

export function number(from: Row, key: string): number | undefined {
  const value = from[key];
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : undefined;
}

export function flag(from: Row, key: string): boolean {
  const value = from[key];
  return value === true || value === 1 || (typeof value === 'string' && /^(1|yes|on|true)$/i.test(value));
}

/** A nested object; empty when there is none. */
export function inner(from: Row, key: string): Row {
  const value = from[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : {};
}

/** The strings in a list; empty when there is none. */
export function texts(from: Row, key: string): readonly string[] {
  const value = from[key];
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
}

/** A list in one string, separated by commas, semicolons or spaces. */
export function split(value: string | undefined): readonly string[] {
  return (value ?? '').split(/[,;\s]+/).filter((part) => part !== '');
}

/**
 * A property string such as `local-lvm:vm-100-disk-0,size=8G`, as keys and values. The part without `=` stands under
 * the empty key.
 */
export function properties(value: string | undefined): Readonly<Record<string, string>> {
  const parts = (value ?? '').split(',').filter((part) => part !== '');
  return Object.fromEntries(
    parts.map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? ['', part] : [part.slice(0, at), part.slice(at + 1)];
    }),
  );
}

function shapeError(wanted: string, got: unknown): ProxmoxError {
  return new ProxmoxError('proxmox-answer-shape', `Expected ${wanted}, got ${describe(got)}.`, {
    kind: 'fatal',
    hint: 'Check that the version of Proxmox VE is 8.0 or newer.',
  });
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return `an object with ${Object.keys(value).slice(0, 8).join(', ') || 'no keys'}`;
  return typeof value;
}
