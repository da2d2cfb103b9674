import type { Route } from './index.ts';

/** A route that fits, with the values of its path. */
export interface Match {
  readonly route: Route;
  readonly values: Readonly<Record<string, string>>;
}

interface Entry {
  readonly route: Route;
  readonly parts: readonly string[];
}

/** Paths that are remembered: clients ask for the same few again and again. */
const REMEMBERED = 1000;

/** Finds routes by method and path. A literal part goes before a variable one. */
export class Router {
  readonly #entries = new Map<string, Entry[]>();
  readonly #found = new Map<string, Match>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const [method = '', path = ''] = route.description.name.split(' ');
      const parts = path.split('/').slice(1);
      const key = `${method} ${parts.length}`;
      this.#entries.set(key, [...(this.#entries.get(key) ?? []), { route, parts }]);
    }
    for (const entries of this.#entries.values()) entries.sort((a, b) => variables(a) - variables(b));
  }

  /** @param path without the prefix `/api2/json`, still encoded */
  find(method: string, path: string): Match | undefined {
    const name = `${method} ${path}`;
    const found = this.#found.get(name) ?? this.#search(method, path);
    if (this.#found.size >= REMEMBERED) this.#found.clear();
    if (found !== undefined) this.#found.set(name, found);
    return found;
  }

  #search(method: string, path: string): Match | undefined {
    const parts = path.replace(/\/+$/, '').split('/').slice(1).map(decoded);
    for (const { route, parts: wanted } of this.#entries.get(`${method} ${parts.length}`) ?? []) {
      const values = match(wanted, parts);
      if (values !== undefined) return { route, values };
    }
    return undefined;
  }
}

function match(wanted: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  const values: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const got = parts[i] ?? '';
    if (part.startsWith('{')) values[part.slice(1, -1)] = got;
    else if (part !== got) return undefined;
  }
  return values;
}

function variables(entry: Entry): number {
  return entry.parts.filter((part) => part.startsWith('{')).length;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
