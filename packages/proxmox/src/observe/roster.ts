import type { Guest, GuestId, GuestKind, NodeName } from '@ballast/core';
import { number, type Row, text } from '../wire/fields.ts';
import { Storages } from './storages.ts';

export interface RosterEntry {
  readonly id: GuestId;
  readonly kind: GuestKind;
  readonly node: NodeName;
  readonly name: string;
}

/** Where the guests were when they were last seen, and which storages there are. */
export class Roster {
  #guests = new Map<GuestId, RosterEntry>();
  #storages = new Storages([]);
  #nodes: readonly NodeName[] = [];

  /** @param resources the rows of /cluster/resources */
  update(guests: readonly Guest[], resources: readonly Row[]): void {
    this.#guests = new Map(guests.map(({ id, kind, node, name }) => [id, { id, kind, node, name }]));
    this.#storages = new Storages(resources);
    const nodes = resources.filter((from) => text(from, 'type') === 'node');
    this.#nodes = nodes.flatMap((from) => text(from, 'node') ?? []);
  }

  guest(id: GuestId): RosterEntry | undefined {
    return this.#guests.get(id);
  }

  get known(): boolean {
    return this.#guests.size > 0;
  }

  /** Names of all nodes. */
  get nodes(): readonly NodeName[] {
    return this.#nodes;
  }

  get storages(): Storages {
    return this.#storages;
  }

  /** What a row of /cluster/resources tells of a guest; `undefined` for other rows. */
  static guestId(from: Row): GuestId | undefined {
    const type = text(from, 'type');
    return type === 'qemu' || type === 'lxc' ? number(from, 'vmid') : undefined;
  }
}
