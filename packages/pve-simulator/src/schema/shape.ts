import { BallastError } from '@ballast/core';

/**
 * How a value looks, in a short notation. A leaf is text: a type (`string`, `integer`, `number`, `boolean`, `null`,
 * `object`, `any`) or `enum a|b`, then in any order a range (`0..`, `1..16`; of a string: its length), the name of a
 * format (`pve-node`), another parameter that it needs (`requires=group`) and a pattern (`/[a-z]+/`). A list is a
 * list of one shape, an object has shapes by key: a key ends in `?` when it may be missing, in `[n]` when it stands for
 * a number of keys (`net[n]`), and is `*` when it stands for every other key.
 */
export type Shape = string | readonly [Shape] | { readonly [key: string]: Shape };

export interface Leaf {
  readonly kind: 'leaf';
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'null' | 'object' | 'any';
  readonly choices?: readonly string[];
  readonly low?: number;
  readonly high?: number;
  readonly format?: string;
  readonly needs?: string;
  readonly pattern?: RegExp;
}

export interface Fields {
  readonly kind: 'fields';
  readonly byName: ReadonlyMap<string, Field>;
  /** Of keys that end in a number. */
  readonly numbered: ReadonlyMap<string, Field>;
  /** Of all other keys. */
  readonly rest?: Spec;
}

export interface Field {
  readonly spec: Spec;
  readonly optional: boolean;
}

export type Spec = Leaf | Fields | { readonly kind: 'list'; readonly item: Spec };

const TYPES: ReadonlySet<string> = new Set(['string', 'integer', 'number', 'boolean', 'null', 'object', 'any']);

/**
 * Reads the notation.
 * @throws {BallastError} `simulator-schema` for text that is none
 */
export function readShape(shape: Shape): Spec {
  if (typeof shape === 'string') return readLeaf(shape);
  if (isList(shape)) return { kind: 'list', item: readShape(shape[0]) };
  return readFields(shape);
}

/** Shapes by key. @throws {BallastError} `simulator-schema` for a shape that is none */
export function readFields(shapes: Readonly<Record<string, Shape>>): Fields {
  const byName = new Map<string, Field>();
  const numbered = new Map<string, Field>();
  let rest: Spec | undefined;
  for (const [key, shape] of Object.entries(shapes)) {
    const optional = key.endsWith('?');
    const name = optional ? key.slice(0, -1) : key;
    const field = { spec: readShape(shape), optional };
    if (name === '*') rest = field.spec;
    else if (name.endsWith('[n]')) numbered.set(name.slice(0, -3), field);
    else byName.set(name, field);
  }
  return { kind: 'fields', byName, numbered, ...(rest === undefined ? {} : { rest }) };
}

/** What is said of a key; a numbered one counts up to 255. */
export function fieldOf(fields: Fields, key: string): Field | undefined {
  const own = fields.byName.get(key);
  if (own !== undefined || fields.numbered.size === 0) return own;
  const parts = /^(.*?)(0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/.exec(key);
  return parts?.[1] === undefined ? undefined : fields.numbered.get(parts[1]);
}

function isList(shape: Exclude<Shape, string>): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function readLeaf(text: string): Leaf {
  const [head, pattern] = splitPattern(text);
  const [word = '', ...words] = head.split(' ').filter((part) => part !== '');
  const choices = word === 'enum' ? (words.shift() ?? '').split('|') : undefined;
  const type = choices === undefined ? word : 'string';
  if (!TYPES.has(type)) throw new BallastError('simulator-schema', `Expected a type, got '${text}'.`);
  return {
    kind: 'leaf',
    type: type as Leaf['type'],
    ...(choices === undefined ? {} : { choices }),
    ...Object.assign({}, ...words.map(readWord)),
    ...(pattern === undefined ? {} : { pattern: new RegExp(`^(?:${pattern})$`) }),
  };
}

function splitPattern(text: string): readonly [string, string?] {
  const at = text.indexOf(' /');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 2, -1)];
}

function readWord(word: string): Partial<Leaf> {
  const range = /^(-?[\d.]*?)\.\.(-?[\d.]*)$/.exec(word);
  if (range !== null) {
    const [, low = '', high = ''] = range;
    return { ...(low === '' ? {} : { low: Number(low) }), ...(high === '' ? {} : { high: Number(high) }) };
  }
  return word.startsWith('requires=') ? { needs: word.slice('requires='.length) } : { format: word };
}
