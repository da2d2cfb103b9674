/** The part of a JSON schema that the tests look at. */
export interface Place {
  readonly properties?: Readonly<Record<string, Place>>;
  readonly items?: Place;
  readonly anyOf?: readonly Place[];
}

/** The options of a schema. */
export function schemaPaths(place: Place, path = ''): readonly string[] {
  const inner = place.anyOf?.at(-1) ?? place;
  // A list of plain values is an option; a list of mappings holds options.
  const item = inner.items?.anyOf?.at(-1) ?? inner.items;
  if (item?.properties !== undefined) return schemaPaths(item, `${path}[]`);
  const keys = Object.entries(inner.properties ?? {});
  if (keys.length === 0) return [path];
  return keys.flatMap(([key, value]) => schemaPaths(value, path === '' ? key : `${path}.${key}`));
}

/** Paths of a document, as far as the schema knows them as mappings and lists. */
export function dataPaths(data: unknown, known: readonly string[], path = ''): readonly string[] {
  if (known.includes(path)) return [path];
  if (Array.isArray(data)) return data.flatMap((item) => dataPaths(item, known, `${path}[]`));
  if (typeof data !== 'object' || data === null) return [path];
  return Object.entries(data).flatMap(([key, value]) => dataPaths(value, known, path === '' ? key : `${path}.${key}`));
}

/** JSON as the formatter of this repository writes it: lists of plain values on one line. */
export function format(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item) => format(item, inner));
    const plain = value.every((item) => typeof item !== 'object');
    return plain ? `[${items.join(', ')}]` : `[\n${inner}${items.join(`,\n${inner}`)}\n${indent}]`;
  }
  const entries = Object.entries(value).map(
    ([key, entry]) => `${inner}${JSON.stringify(key)}: ${format(entry, inner)}`,
  );
  return entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n${indent}}`;
}
