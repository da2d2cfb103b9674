import type { GroupContent } from '@ballast/openflow';
import type { DesiredFlow, DesiredState } from '../desired.ts';
import type { Placement } from './model.ts';

/**
 * What is made of a text, once from one compilation to the next: the same object as long as it is asked for each time.
 * What the last compilation did not ask for is forgotten.
 */
export class Kept<V> {
  readonly #now = new Map<string, V>();
  readonly #before: ReadonlyMap<string, V>;

  constructor(before: Kept<V> | undefined) {
    // The entries alone: a chain of all compilations would never end.
    this.#before = before === undefined ? new Map() : before.#now;
  }

  of(key: string, make: () => V): V {
    let value = this.#now.get(key);
    if (value === undefined) {
      value = this.#before.get(key) ?? make();
      this.#now.set(key, value);
    }
    return value;
  }
}

/**
 * What a compiled state was made of, so that the next one has the same objects where nothing changed: by them a switch's
 * reconciliation knows, without comparing 256 buckets or a thousand rows, what is to be done.
 */
export class Book {
  readonly rows: Kept<readonly DesiredFlow[]>;
  readonly #placements: Kept<DesiredFlow>;
  /** By placement and port: what the next switch asks for is found without making a text. */
  readonly #ways = new WeakMap<Placement, Map<number, DesiredFlow>>();
  readonly groups: Kept<GroupContent>;
  readonly memberIds: Kept<ReadonlyMap<string, number>>;

  private constructor(before: Book | undefined) {
    this.rows = new Kept(before?.rows);
    this.#placements = new Kept(before === undefined ? undefined : before.#placements);
    this.groups = new Kept(before?.groups);
    this.memberIds = new Kept(before?.memberIds);
  }

  static after(previous: DesiredState | undefined): Book {
    return new Book(previous === undefined ? undefined : books.get(previous));
  }

  /** The book of a state; an empty one for a state that was not compiled. */
  static of(state: DesiredState): Book {
    return books.get(state) ?? new Book(undefined);
  }

  /** The row of a placement on a switch that reaches it by that port. */
  way(placement: Placement, port: number | undefined, make: () => DesiredFlow): DesiredFlow {
    let ways = this.#ways.get(placement);
    if (ways === undefined) {
      ways = new Map();
      this.#ways.set(placement, ways);
    }
    let row = ways.get(port ?? NO_PORT);
    if (row === undefined) {
      row = this.#placements.of(`${placement.address} ${placement.mac} ${port}`, make);
      ways.set(port ?? NO_PORT, row);
    }
    return row;
  }

  keepFor(state: DesiredState): void {
    books.set(state, this);
  }
}

const NO_PORT = -1;

const books = new WeakMap<DesiredState, Book>();
