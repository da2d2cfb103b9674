import { type Field, type Fields, fieldOf, type Leaf } from '../schema/shape.ts';
import { readValue, type Scalar } from '../schema/value.ts';
import { badParameters } from './refusal.ts';

/** As it came: text, a list of texts, or a JSON value. */
export type RawParams = Readonly<Record<string, unknown>>;

type Values = Record<string, Scalar | readonly Scalar[]>;

/** Parameters that were checked. */
export class Params {
  readonly #values: Readonly<Values>;

  constructor(values: Readonly<Values>) {
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

  list(name: string): readonly Scalar[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value : [];
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  /** Every parameter that was given and is no list, booleans as 0 and 1. */
  scalars(): readonly (readonly [name: string, value: string | number])[] {
    return Object.entries(this.#values).flatMap(([name, value]) => {
      if (typeof value === 'object') return [];
      return [[name, typeof value === 'boolean' ? Number(value) : value]] as const;
    });
  }
}

const ALWAYS_IGNORED = new Set(['_dc']);
const UNKNOWN = 'property is not defined in schema and the schema does not allow additional properties';

/**
 * Checks parameters against their description and reads them in their types, with the validator's own messages.
 * @throws {Refusal} 400 with a message for each faulty parameter
 */
export function readParams(raw: RawParams, fields: Fields): Params {
  const values: Values = {};
  const errors: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw)) {
    const field = fieldOf(fields, name);
    if (field !== undefined) readParam(name, field, value, values, errors);
    else if (!ALWAYS_IGNORED.has(name)) errors[name] = UNKNOWN;
  }
  for (const [name, field] of fields.byName) checkPresence(name, field, raw, errors);
  if (Object.keys(errors).length > 0) throw badParameters(errors);
  return new Params(values);
}

function readParam(name: string, field: Field, value: unknown, values: Values, errors: Record<string, string>): void {
  const { spec } = field;
  if (spec.kind === 'fields') {
    errors[name] = "type check ('object') failed";
    return;
  }
  const leaf = spec.kind === 'list' ? itemOf(spec.item) : spec;
  const entries = spec.kind === 'list' && Array.isArray(value) ? value : [value];
  const read: Scalar[] = [];
  for (const entry of entries) {
    const one = readValue(leaf, entry);
    if ('problem' in one) errors[name] = one.problem;
    else read.push(one.value);
  }
  if (errors[name] === undefined) values[name] = spec.kind === 'list' ? read : (read[0] ?? '');
}

const ANY: Leaf = { kind: 'leaf', type: 'any' };

function itemOf(spec: Field['spec']): Leaf {
  return spec.kind === 'leaf' ? spec : ANY;
}

function checkPresence(name: string, { spec, optional }: Field, raw: RawParams, errors: Record<string, string>): void {
  if (raw[name] === undefined) {
    if (!optional) errors[name] = 'property is missing and it is not optional';
  } else if (spec.kind === 'leaf' && spec.needs !== undefined && raw[spec.needs] === undefined) {
    errors[spec.needs] = `missing property required by '${name}'`;
  }
}
