import { badParameters } from './refusal.ts';

/** What a parameter must look like, in the words of Proxmox VE's schema. */
export interface ParamSpec {
  readonly type: 'string' | 'integer' | 'number' | 'boolean';
  readonly optional?: boolean;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly format?: 'node' | 'vmid';
}

export type ParamSpecs = Readonly<Record<string, ParamSpec>>;
/** As it came: text, or a JSON value. */
export type RawParams = Readonly<Record<string, unknown>>;

/** Parameters that were checked. */
export class Params {
  readonly #values: Readonly<Record<string, string | number | boolean>>;

  constructor(values: Readonly<Record<string, string | number | boolean>>) {
    this.#values = values;
  }

  text(name: string): string {
    return String(this.#values[name] ?? '');
  }

  optional(name: string): string | undefined {
    const value = this.#values[name];
    return value === undefined ? undefined : String(value);
  }

  /** A number, or `fallback` when it was not given. */
  number(name: string, fallback = 0): number {
    const value = this.#values[name];
    return typeof value === 'number' ? value : fallback;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }
}

const ALWAYS_IGNORED = new Set(['_dc']);

/**
 * Checks parameters against a schema and reads them in their types, with the validator's own messages.
 * @throws {Refusal} 400 with a message for each faulty parameter
 */
export function readParams(raw: RawParams, specs: ParamSpecs): Params {
  const values: Record<string, string | number | boolean> = {};
  const errors: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw)) {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec !== undefined) readParam(name, spec, value, values, errors);
    else if (!ALWAYS_IGNORED.has(name)) {
      errors[name] = 'property is not defined in schema and the schema does not allow additional properties';
    }
  }
  for (const [name, spec] of Object.entries(specs)) {
    if (!spec.optional && raw[name] === undefined) errors[name] = 'property is missing and it is not optional';
  }
  if (Object.keys(errors).length > 0) throw badParameters(errors);
  return new Params(values);
}

function readParam(
  name: string,
  spec: ParamSpec,
  value: unknown,
  values: Record<string, string | number | boolean>,
  errors: Record<string, string>,
): void {
  const read = typed(spec, value);
  if (read === undefined) {
    errors[name] = `type check ('${spec.type}') failed - got '${textOf(value)}'`;
    return;
  }
  const problem = problemOf(spec, read);
  if (problem === undefined) values[name] = read;
  else errors[name] = problem;
}

function typed(spec: ParamSpec, value: unknown): string | number | boolean | undefined {
  const text = textOf(value);
  if (spec.type === 'boolean') {
    if (/^(1|on|yes|true)$/i.test(text)) return true;
    return /^(0|off|no|false)$/i.test(text) ? false : undefined;
  }
  if (spec.type === 'integer') return /^-?\d+$/.test(text) ? Number(text) : undefined;
  if (spec.type === 'number') return text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
  return text;
}

function problemOf(spec: ParamSpec, value: string | number | boolean): string | undefined {
  if (spec.format === 'node' && !/^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/.test(String(value))) {
    return 'invalid format - value does not look like a valid node name\n';
  }
  if (spec.format === 'vmid' && !(Number(value) >= 100 && Number(value) <= 999_999_999)) {
    return 'invalid format - value does not look like a valid VM ID\n';
  }
  if (spec.enum !== undefined && !spec.enum.includes(String(value))) {
    return `value '${value}' does not have a value in the enumeration '${spec.enum.join(', ')}'`;
  }
  if (spec.minimum !== undefined && Number(value) < spec.minimum) {
    return `value must have a minimum value of ${spec.minimum}`;
  }
  return undefined;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}
