import type { Guest, GuestId, GuestKind, NodeName } from '@ballast/core';
import { flag, number, type Row, text } from '../wire/fields.ts';

export interface RosterEntry {
  readonly id: GuestId;
  readonly kind: GuestKind;
  readonly node: NodeName;
  readonly name: string;
}

/** Where the guests were when they were last seen, and which storages are shared. */
export class Roster {
  #guests = new Map<GuestId, RosterEntry>();
  #shared = new Set<string>();
  #nodes: readonly NodeName[] = [];

  /** @param resources the rows of /cluster/resources */
  update(guests: readonly Guest[], resources: readonly Row[]): void {
    this.#guests = new Map(guests.map(({ id, kind, node, name }) => [id, { id, kind, node, name }]));
    const ofType = (type: string): readonly Row[] => resources.filter((from) => text(from, 'type') === type);
    this.#shared = new Set(
      ofType('storage')
        .filter((from) => flag(from, 'shared'))
        .flatMap((from) => text(from, 'storage') ?? []),
    );
    this.#nodes = ofType('node').flatMap((from) => text(from, 'node') ?? []);
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

  isShared(storage: string): boolean {
    return this.#shared.has(storage);
  }

  /** What a row of /cluster/resources tells of a guest; `undefined` for other rows. */
  static guestId(from: Row): GuestId | undefined {
    const type = text(from, 'type');
    return type === 'qemu' || type === 'lxc' ? number(from, 'vmid') : undefined;
  }
}
