import { inner, type Row, row } from '../../wire/fields.ts';

/** Paths that the dump always has, unless nothing at all is held there. */
const ALWAYS = new Set(['/', '/access', '/access/groups', '/nodes', '/pool', '/sdn', '/storage', '/vms']);

/**
 * The dump of GET /access/permissions: by path, the privileges that are held there, 1 where they go on below and 0 where they
 * do not. It has the paths above, those that anything was granted on, and guests of pools. Anything else has what goes on
 * from the nearest path above it. One case cannot be told: where an entry takes all privileges away, the path is left out.
 */
export class Rights {
  readonly #dump: Row;

  constructor(dump: unknown) {
    this.#dump = row(dump, 'the permissions');
  }

  /** Whether one of the privileges is held on a path. */
  has(path: string, privileges: readonly string[]): boolean {
    const held = this.#at(path);
    return privileges.some((privilege) => held[privilege] !== undefined);
  }

  /** Paths below another that something of their own is known of. */
  below(path: string): readonly string[] {
    return Object.keys(this.#dump).filter((own) => own.startsWith(`${path}/`));
  }

  #at(path: string): Row {
    if (this.#dump[path] !== undefined) return inner(this.#dump, path);
    if (ALWAYS.has(path)) return {};
    const above = this.#at(path.slice(0, Math.max(1, path.lastIndexOf('/'))));
    return Object.fromEntries(Object.entries(above).filter(([, goesOn]) => Number(goesOn) === 1));
  }
}
