import type { Bytes, NodeName } from '@ballast/core';
import { flag, number, type Row, text } from '../wire/fields.ts';

/** The storage rows of /cluster/resources: one for each storage and node that has it. */
export class Storages {
  readonly #shared = new Set<string>();
  readonly #seen = new Set<string>();
  readonly #free = new Map<string, Bytes | undefined>();

  /** @param resources rows of /cluster/resources; those of other types are passed over */
  constructor(resources: readonly Row[]) {
    for (const from of resources) {
      const [storage, node] = [text(from, 'storage'), text(from, 'node')];
      if (text(from, 'type') !== 'storage' || storage === undefined || node === undefined) continue;
      this.#seen.add(storage);
      if (flag(from, 'shared')) this.#shared.add(storage);
      this.#free.set(keyOf(storage, node), freeOf(from));
    }
  }

  isShared(storage: string): boolean {
    return this.#shared.has(storage);
  }

  /** Free bytes of the storages that are the node's own, where they are known. */
  own(node: NodeName): Readonly<Record<string, Bytes>> {
    return Object.fromEntries(
      [...this.#free].flatMap(([key, free]) => {
        const storage = key.slice(node.length + 1);
        const here = key.startsWith(`${node}/`) && !this.#shared.has(storage);
        return here && free !== undefined ? [[storage, free] as const] : [];
      }),
    );
  }

  /**
   * Free bytes of a storage on a node; `absent` when other nodes have the storage and this one has not; `undefined` when
   * nobody knows: without Datastore.Audit there are no rows, and a storage that does not answer has no figures.
   */
  room(storage: string, node: NodeName): Bytes | 'absent' | undefined {
    const key = keyOf(storage, node);
    if (this.#free.has(key)) return this.#free.get(key);
    return this.#seen.has(storage) ? 'absent' : undefined;
  }
}

function freeOf(from: Row): Bytes | undefined {
  const [size, used] = [number(from, 'maxdisk'), number(from, 'disk')];
  const told = (text(from, 'status') ?? 'available') === 'available' && size !== undefined && size > 0;
  return told && used !== undefined ? Math.max(0, size - used) : undefined;
}

function keyOf(storage: string, node: NodeName): string {
  return `${node}/${storage}`;
}
