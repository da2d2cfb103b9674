/** Where something stands in the configuration: keys and indices from the top. */
export type Path = readonly (string | number)[];

/** Something wrong, before its place in the file is looked up. */
export interface Fault {
  readonly path: Path;
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
  /** Point at the key instead of its value. */
  readonly atKey?: boolean;
}

/** `services[0].carriers[1].target` */
export function pathText(path: Path): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}
