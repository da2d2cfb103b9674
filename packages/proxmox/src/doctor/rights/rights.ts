import { inner, type Row, row } from '../../wire/fields.ts';

/** Paths that the dump always has, unless nothing at all is held there. */
const ALWAYS = new Set(['/', '/access', '/access/groups', '/nodes', '/pool', '/sdn', '/storage', '/vms']);

/**
 * The dump of GET /access/permissions: by path, the privileges that are held there, 1 where they go on below and 0 where they
 * do not. It has the paths above, those that anything was granted on, and guests of pools. Anything else has what goes on
 * from the nearest path above it that lets something go on: an entry that does not go on replaces nothing below
 * (PVE/AccessControl.pm, `roles`). One case cannot be told: where an entry takes all privileges away, the path is left out.
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

  /** Whether one of the privileges is held by what stands below a path and has nothing of its own. */
  hasBelow(path: string, privileges: readonly string[]): boolean {
    const held = this.#goingOn(path);
    return privileges.some((privilege) => held[privilege] !== undefined);
  }

  /** Paths below another that something of their own is known of. */
  below(path: string): readonly string[] {
    return Object.keys(this.#dump).filter((own) => own.startsWith(`${path}/`));
  }

  #at(path: string): Row {
    if (this.#dump[path] !== undefined) return inner(this.#dump, path);
    return ALWAYS.has(path) ? {} : this.#goingOn(above(path));
  }

  #goingOn(path: string): Row {
    const held = this.#at(path);
    const goesOn = Object.fromEntries(Object.entries(held).filter(([, propagates]) => Number(propagates) === 1));
    const isStop = path === '/' || Object.keys(goesOn).length > 0 || Object.keys(held).length === 0;
    return isStop ? goesOn : this.#goingOn(above(path));
  }
}

/** `/vms` of `/vms/100`, `/` of `/vms`. */
function above(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}
