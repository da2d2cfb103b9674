import type { Path } from './fault.ts';

/** The part of JSON Schema that zod writes for the configuration. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly required?: readonly string[];
  /** A short form, a scalar, before the long one. */
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

/** What the schema says about a place: its keys, and its notation in words. */
export class Outline {
  readonly #schema: JsonSchema;

  constructor(schema: JsonSchema) {
    this.#schema = schema;
  }

  /** The keys known at a place; none where it is no mapping. */
  keys(path: Path): readonly string[] {
    return Object.keys(this.#at(path)?.properties ?? {});
  }

  /** What may stand at a place, such as `a whole number from 1 to 65535`. */
  notation(path: Path): string {
    const place = this.#at(path);
    const words = [place?.type ?? []].flat().map((type) => KINDS[type] ?? type);
    if (place?.enum !== undefined) return `one of ${place.enum.map(String).join(', ')}`;
    const { minimum, maximum } = place ?? {};
    const range = minimum === undefined || maximum === undefined ? '' : ` from ${minimum} to ${maximum}`;
    return words.length === 0 ? 'a value' : `${words.join(' or ')}${range}`;
  }

  #at(path: Path): JsonSchema | undefined {
    let place: JsonSchema | undefined = this.#schema;
    for (const part of path) {
      place = place?.anyOf?.at(-1) ?? place;
      if (typeof part === 'number') place = place?.items;
      else {
        const other: JsonSchema | boolean | undefined = place?.additionalProperties;
        place = place?.properties?.[part] ?? (typeof other === 'object' ? other : undefined);
      }
    }
    return place?.anyOf?.at(-1) ?? place;
  }
}
