interface Place {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Place>>;
  readonly required?: readonly string[];
  readonly items?: Place;
  readonly anyOf?: readonly Place[];
}

/** An option of a configuration, as its page lists it. */
export interface Option {
  readonly path: string;
  readonly standard: string;
  readonly meaning: string;
}

/** Every option of a schema, in its order: mappings are opened, lists of plain values are options. */
export function options(schema: object): readonly Option[] {
  return below(schema, '');
}

function below(place: Place, path: string): readonly Option[] {
  return Object.entries(place.properties ?? {}).flatMap(([key, value]) => {
    const own = path === '' ? key : `${path}.${key}`;
    const item = value.items?.anyOf?.at(-1) ?? value.items;
    if (value.properties !== undefined) return below(value, own);
    if (item?.properties !== undefined) return below(item, `${own}[]`);
    const required = place.required?.includes(key) ?? false;
    const standard = required ? 'required' : standardOf(value.default);
    return [{ path: own, standard, meaning: value.description ?? '' }];
  });
}

function standardOf(value: unknown): string {
  if (value === undefined) return 'none';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `\`${text.replaceAll('|', '\\|')}\``;
}

/** The row of an option in a table. */
export function rowOf({ path, standard, meaning }: Option): string {
  return `| \`${path}\` | ${standard} | ${meaning} |`;
}
